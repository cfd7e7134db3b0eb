import { blake3 } from "@noble/hashes/blake3.js";
import { expect, test } from "vitest";
import {
  credentialIdOf,
  formatCredential,
  formatProducerCredential,
  generateRootKeypair,
  parseCredential,
  signCredential,
  signProducerCredential,
} from "../../src/index.ts";

const { secretKey } = await generateRootKeypair();
const hashOf = (json: string): string => Buffer.from(blake3(Buffer.from(json))).toString("hex");

test("is the start of the hash of the JSON, however the JSON was written", async () => {
  const credential = await signCredential(secretKey, { roles: ["ops"], oneTime: true });
  const json = formatCredential(credential);
  const id = credentialIdOf(credential);
  expect(id).toBe(hashOf(json).slice(0, 8));
  const { signature, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const other = JSON.stringify({ signature, ...rest }, undefined, 2);
  expect(credentialIdOf(parseCredential(other))).toBe(id);
  const producer = await signProducerCredential(secretKey, { endpointId: "ab".repeat(32) });
  expect(credentialIdOf(producer)).toBe(hashOf(formatProducerCredential(producer)).slice(0, 8));
});
