import { expect, test, vi } from "vitest";
import { ContractError } from "../src/index.ts";

test("recognises an error of another copy of the package", async () => {
  vi.resetModules();
  const { ContractError: Other } = await import("../src/index.ts");
  expect(Other).not.toBe(ContractError);
  const theirs = new Other("name", "theirs");
  const ours = new ContractError("option", "ours");
  expect([theirs instanceof ContractError, ours instanceof Other]).toEqual([true, true]);
  expect([theirs instanceof Other, ours instanceof ContractError]).toEqual([true, true]);
  expect(theirs).toMatchObject({ name: "ContractError", code: "name" });
});

test.each([undefined, null, "text", new Error("other"), { name: "ContractError", code: "name" }])(
  "%j is not such an error",
  (value) => {
    expect(value instanceof ContractError).toBe(false);
  },
);

test("hides the brand", () => {
  const error = new ContractError("name", "text");
  expect(Object.getOwnPropertySymbols(error)).toEqual([]);
  expect(error.message).toBe("text");
});

test("tells subclasses apart", () => {
  class Special extends ContractError {}
  expect(new Special("option", "text")).toBeInstanceOf(ContractError);
  expect(new Special("option", "text")).toBeInstanceOf(Special);
  expect(new ContractError("option", "text")).not.toBeInstanceOf(Special);
});
