// What is overlooked in the wheel's server is overlooked in nothing else.
import { AsterClient, StatusCode } from "@aster/rpc";
import { formatTicket, type Node, ticketFor } from "@aster/transport";
import { memoryPair } from "@aster/transport/testing";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust";
import { expect, it } from "vitest";
import { connectToWheel } from "../src/process/wheel-admission.ts";

/** Answers admissions by closing their connection; how often it was asked. */
function losingAnswers(node: Node): () => number {
  let asked = 0;
  void (async () => {
    for await (const connection of node.accept([CONSUMER_ADMISSION_ALPN], {
      raw: [CONSUMER_ADMISSION_ALPN],
    })) {
      asked += 1;
      connection.accept(() => connection.close());
    }
  })();
  return () => asked;
}

it("a lost answer is asked for again", async () => {
  await using pair = await memoryPair();
  const asked = losingAnswers(pair.server);
  const address = formatTicket(ticketFor(pair.server.address()));
  const connecting = connectToWheel(address, { node: pair.client });
  await expect(connecting).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  expect(asked()).toBe(5);
});

it("by our own client, of whomever, it is not", async () => {
  await using pair = await memoryPair();
  const asked = losingAnswers(pair.server);
  const connecting = AsterClient.connect(pair.server.address(), { node: pair.client });
  await expect(connecting).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  expect(asked()).toBe(1);
});

it("any other failure is one", async () => {
  await using pair = await memoryPair();
  let dials = 0;
  const dial = pair.client.connect.bind(pair.client);
  pair.client.connect = (...parts) => {
    dials += 1;
    return dial(...parts);
  };
  const address = formatTicket(ticketFor(pair.server.address()));
  const connecting = connectToWheel(address, { node: pair.client });
  await expect(connecting).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  expect(dials).toBe(1);
});
