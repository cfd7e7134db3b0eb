import { expect, test, vi } from "vitest";
import { RegistryError } from "../src/index.ts";

test("recognises an error of another copy of the package", async () => {
  vi.resetModules();
  const { RegistryError: Other } = await import("../src/index.ts");
  expect(Other).not.toBe(RegistryError);
  const theirs = new Other("key", "theirs");
  const ours = new RegistryError("record", "ours");
  expect([theirs instanceof RegistryError, ours instanceof Other]).toEqual([true, true]);
  expect([theirs instanceof Other, ours instanceof RegistryError]).toEqual([true, true]);
  expect(theirs).toMatchObject({ name: "RegistryError", code: "key" });
});

test.each([undefined, null, "text", new Error("other"), { name: "RegistryError", code: "key" }])(
  "%j is not such an error",
  (value) => {
    expect(value instanceof RegistryError).toBe(false);
  },
);

test("hides the brand", () => {
  const error = new RegistryError("key", "text");
  expect(Object.getOwnPropertySymbols(error)).toEqual([]);
  expect(error.message).toBe("text");
});

test("tells subclasses apart", () => {
  class Special extends RegistryError {}
  expect(new Special("record", "text")).toBeInstanceOf(RegistryError);
  expect(new Special("record", "text")).toBeInstanceOf(Special);
  expect(new RegistryError("record", "text")).not.toBeInstanceOf(Special);
});
