// Descriptions of contracts that a broken or hostile server sends.
import { createTypeScope, wireType } from "@aster/codec";
import { defineService, implement, StatusCode, unary } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { failure } from "../support/outcomes.ts";

const hostile = vi.hoisted(() => ({
  definition: undefined as object | undefined,
  change: (manifest: object): object => manifest,
}));

vi.mock("@aster/contract/model", async (original) => {
  const actual = await original<typeof import("@aster/contract/model")>();
  return {
    ...actual,
    typedManifestOf: (service: object) => {
      const manifest = actual.typedManifestOf(service);
      return service === hostile.definition ? hostile.change(manifest) : manifest;
    },
  };
});

const Text = wireType("untrusted/Text", { text: z.string() });
const More = wireType(
  "untrusted/Text",
  { text: z.string(), note: z.string().optional() },
  { scope: createTypeScope() },
);
const Num = wireType("untrusted/Num", { n: z.int() });
const same = unary(Num, Num);
const Old = defineService("Words", {}, { say: unary(Text, Text), same });
const New = defineService("Words", {}, { say: unary(More, More), same });

const nested = (levels: number): unknown =>
  JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);

test.each<readonly [string, object, RegExp]>([
  ["another version of the format", { v: 2 }, /not a manifest: v/],
  ["another contract", { contract_id: "0".repeat(64) }, /describes the contract 0000/],
  ["another service", { service: "Other" }, /describes another service/],
  ["more than 4 MiB", { changelog: "x".repeat(4 * 1024 * 1024) }, /maxMessageBytes|4194304/],
  ["deep nesting", { extra: nested(200) }, /nested deeper than 128 levels/],
  ["no methods", { methods: "none" }, /not a manifest: methods/],
  ["too many types", { types: Array(10_001).fill({ tag: "a/A" }) }, /not a manifest: types/],
])("refuses the changed methods of %s, and calls equal ones", async (_, change, text) => {
  hostile.definition = New;
  hostile.change = (manifest) => ({ ...manifest, ...change });
  const services = [implement(New, { say: (request) => request, same: (request) => request })];
  await using pair = await servicePair({ services });
  const remote = pair.client.client(Old);
  for (let time = 0; time < 2; time += 1) {
    const error = await failure(remote.say({ text: "a" }));
    expect(error).toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      rawMessage: expect.stringMatching(text),
      details: { reason: "contract.mismatch" },
    });
  }
  expect(await remote.same({ n: 1 })).toEqual({ n: 1 });
  // a description that cannot be read is not requested again
  expect(pair.server.stats().callsTotal).toBe(2);
});

test("finds prototypes neither in methods nor in types", async () => {
  hostile.definition = New;
  hostile.change = (manifest) => ({
    ...manifest,
    methods: [{ name: "__proto__", pattern: "unary" }],
    types: [{ tag: "__proto__", fields: [{ name: "__proto__", type: { kind: "any" } }] }],
  });
  const services = [implement(New, { say: (request) => request, same: (request) => request })];
  await using pair = await servicePair({ services });
  const error = await failure(pair.client.client(Old).say({ text: "a" }));
  expect(error.code).toBe(StatusCode.UNIMPLEMENTED);
  expect(({} as { kind?: unknown }).kind).toBeUndefined();
});
