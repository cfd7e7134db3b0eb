// Servers that lose the answer to an admission, as those of the Python package do.
import { AsterClient, AsterServer, StatusCode } from "@aster/rpc";
import { ResetCode } from "@aster/transport";
import { memoryPair, type NodePair } from "@aster/transport/testing";
import { generateRootKeypair, openGate, signCredential } from "@aster/trust";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust/admission";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Probe, probe } from "../support/probe.ts";

let pair: NodePair;
let requests: number;

beforeEach(async () => {
  pair = await memoryPair();
  requests = 0;
});
afterEach(() => pair[Symbol.asyncDispose]());

/** Closes the connections of admissions instead of answering them. */
async function loseAnswers(code: number = ResetCode.NoError, most = Number.POSITIVE_INFINITY) {
  const alpns = [CONSUMER_ADMISSION_ALPN];
  for await (const connection of pair.server.accept(alpns, { raw: alpns })) {
    requests += 1;
    connection.accept(() => connection.close(code));
    if (requests === most) return;
  }
}

const connect = (options = {}) =>
  AsterClient.connect(pair.server.address(), { node: pair.client, ...options });

test("asks again, and connects when the server answers", async () => {
  void loseAnswers(ResetCode.NoError, 3).then(() =>
    AsterServer.start({ services: [probe()], node: pair.server, gate: openGate() }),
  );
  await using client = await connect();
  expect(requests).toBe(3);
  expect(await client.client(Probe).echo({ text: "a" })).toEqual({ text: "a" });
});

test("gives up after five requests", async () => {
  void loseAnswers();
  await expect(connect()).rejects.toMatchObject({
    code: StatusCode.UNAVAILABLE,
    details: { reason: "admission.closed" },
  });
  expect(requests).toBe(5);
});

test("does not present a one-time token again", async () => {
  void loseAnswers();
  const root = await generateRootKeypair();
  const credential = await signCredential(root.secretKey, { oneTime: true });
  await expect(connect({ credential })).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  expect(requests).toBe(1);
});

test("does not ask again when the server closes the connection with a code", async () => {
  void loseAnswers(ResetCode.Cancelled);
  await expect(connect()).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  expect(requests).toBe(1);
});
