import { wireType } from "@aster/codec";
import { ContractError, contractIdOf, defineService, errorType, unary } from "@aster/contract";
import { expect, test } from "vitest";
import { z } from "zod";

const Empty = wireType("errors/Empty", {});
const Missing = wireType("errors/Missing", { amount: z.int64(), at: z.date().nullable() });

test("makes an error type with default code and message of a wire type", () => {
  const Def = defineService("Errors", {}, { go: unary(Empty, Empty, { errors: { Missing } }) });
  expect(Def.methods.go.errors.Missing).toMatchObject({
    kind: "error",
    type: Missing,
    tag: "errors/Missing",
    code: 9,
    message: "Missing",
  });
  expect(Object.isFrozen(Def.methods.go.errors)).toBe(true);
});

test("keeps a given code and message", () => {
  const error = errorType(Missing, { code: 8, message: "too little" });
  const Def = defineService("Errors", {}, { go: unary(Empty, Empty, { errors: { error } }) });
  expect(Def.methods.go.errors.error).toBe(error);
  expect(error).toMatchObject({ code: 8, message: "too little" });
});

test("does not hash errors into the contract", () => {
  const without = defineService("Errors", {}, { go: unary(Empty, Empty) });
  const with_ = defineService("Errors", {}, { go: unary(Empty, Empty, { errors: { Missing } }) });
  expect(contractIdOf(with_)).toBe(contractIdOf(without));
});

test("encodes data as the JSON of its type", () => {
  const error = errorType(Missing);
  const data = { amount: 2n ** 60n, at: new Date(0) };
  expect(JSON.parse(error.encode(data))).toHaveProperty("amount");
  expect(error.decode(error.encode(data))).toEqual(data);
  for (const text of ["", "{}", '{"amount":"x"}', '{"amount":1,"at":null,"more":1}', "\ud800"]) {
    expect(error.decode(text)).toBe(undefined);
  }
  expect(() => error.encode({ amount: 1 } as never)).toThrow();
});

test("recognises only errors with data of the type", () => {
  const error = errorType(Missing);
  const details = { "aster-error-type": "errors/Missing" };
  const data = { amount: 1n, at: null };
  expect(error.is(Object.assign(new Error("x"), { code: 9, details, data }))).toBe(true);
  for (const other of [
    undefined,
    new Error("x"),
    { details, data },
    Object.assign(new Error("x"), { details }),
    Object.assign(new Error("x"), { details: { "aster-error-type": "errors/Other" }, data }),
  ]) {
    expect(error.is(other)).toBe(false);
  }
});

test.each<[string, () => unknown, string]>([
  ["a schema without a tag", () => errorType(z.object({})), "type"],
  ["the code OK", () => errorType(Missing, { code: 0 }), "option"],
  ["an unknown code", () => errorType(Missing, { code: 17 }), "option"],
  ["a very long message", () => errorType(Missing, { message: "x".repeat(4097) }), "limit"],
  [
    "one type under two names",
    () =>
      defineService(
        "E",
        {},
        { go: unary(Empty, Empty, { errors: { a: Missing, b: errorType(Missing) } }) },
      ),
    "tag",
  ],
])("refuses %s", (_, make, code) => {
  expect(make).toThrow(ContractError);
  expect(make).toThrow(expect.objectContaining({ code }));
});
