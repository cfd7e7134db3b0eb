// Responses that fit the wire type, and not its checks.
import { defineService, implement, serverStream, unary, wireType } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

const Empty = wireType("attacks/Empty", {});
const honest = {
  role: z.literal("user"),
  age: z.int().min(0).max(150),
  name: z.string().trim(),
};
const Person = wireType("attacks/Person", honest);
/** The same fields for a server that does not check them. */
const Loose = wireType("attacks/Person2", { role: z.string(), age: z.int(), name: z.string() });
const Slow = wireType("attacks/Slow", { n: z.int().refine(async () => false, "never") });
const Fast = wireType("attacks/Fast", { n: z.int() });

const calls = { one: "one", many: "many", slow: "slow" };
const Honest = defineService(
  "Checked",
  {},
  {
    one: unary(Empty, Person, { name: calls.one }),
    many: serverStream(Empty, Person, { name: calls.many }),
    slow: unary(Empty, Slow, { name: calls.slow }),
  },
);
const Hostile = defineService(
  "Checked",
  {},
  {
    one: unary(Empty, Loose, { name: calls.one }),
    many: serverStream(Empty, Loose, { name: calls.many }),
    slow: unary(Empty, Fast, { name: calls.slow }),
  },
);

let answer = { role: "user", age: 7, name: "Ada" };
const hostile = implement(Hostile, {
  one: () => answer,
  async *many() {
    yield { role: "user", age: 7, name: " Ada " };
    yield answer;
  },
  slow: () => ({ n: 1 }),
});

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  let pair: Awaited<ReturnType<typeof servicePair>>;
  beforeAll(async () => {
    pair = await servicePair({ services: [hostile], transport });
  });
  afterAll(() => pair[Symbol.asyncDispose]());
  const remote = () => pair.client.client(Honest, { checkContract: false, serialization: "json" });

  test("returns a response as its checks leave it", async () => {
    answer = { role: "user", age: 7, name: " Ada " };
    expect(await remote().one({})).toEqual({ role: "user", age: 7, name: "Ada" });
  });

  test.each([
    ["role", { role: "root", age: 7, name: "Ada" }],
    ["age", { role: "user", age: -50_001, name: "Ada" }],
  ])("refuses a response whose %s fails its check", async (path, bad) => {
    answer = bad;
    const invalid = { code: 13, details: { reason: "response.invalid", path } };
    await expect(remote().one({})).rejects.toMatchObject(invalid);
    const names: string[] = [];
    const read = async () => {
      for await (const { name } of remote().many({})) names.push(name);
    };
    await expect(read()).rejects.toMatchObject(invalid);
    expect(names).toEqual(["Ada"]);
  });

  test("does not run checks that return promises", async () => {
    expect(await remote().slow({})).toEqual({ n: 1 });
  });
});
