// The retry for lost answers applies to servers of the Python package and to nothing else.
import { AsterClient, StatusCode } from "@aster/rpc";
import { formatTicket, type Node, ticketFor } from "@aster/transport";
import { memoryPair } from "@aster/transport/testing";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust";
import { expect, it } from "vitest";
import { connectToPython } from "../src/python/admission.ts";

/** Answers admissions by closing their connection; the result counts them. */
function losingAnswers(node: Node): () => number {
  let requests = 0;
  void (async () => {
    for await (const connection of node.accept([CONSUMER_ADMISSION_ALPN], {
      raw: [CONSUMER_ADMISSION_ALPN],
    })) {
      requests += 1;
      connection.accept(() => connection.close());
    }
  })();
  return () => requests;
}

it("repeats the dial after a lost answer, up to five times", async () => {
  await using pair = await memoryPair();
  const requests = losingAnswers(pair.server);
  const address = formatTicket(ticketFor(pair.server.address()));
  const connecting = connectToPython(address, { node: pair.client });
  await expect(connecting).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  expect(requests()).toBe(5);
});

it("does not repeat the dial of AsterClient.connect", async () => {
  await using pair = await memoryPair();
  const requests = losingAnswers(pair.server);
  const connecting = AsterClient.connect(pair.server.address(), { node: pair.client });
  await expect(connecting).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  expect(requests()).toBe(1);
});

it("does not repeat the dial after another failure", async () => {
  await using pair = await memoryPair();
  let dials = 0;
  const dial = pair.client.connect.bind(pair.client);
  pair.client.connect = (...parts) => {
    dials += 1;
    return dial(...parts);
  };
  const address = formatTicket(ticketFor(pair.server.address()));
  const connecting = connectToPython(address, { node: pair.client });
  await expect(connecting).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  expect(dials).toBe(1);
});
