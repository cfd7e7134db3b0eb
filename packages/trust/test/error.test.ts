import { expect, test, vi } from "vitest";
import { AdmissionError, CredentialError, KeyError, rootKeypairOf, Secret } from "../src/index.ts";

test("recognises an error of another copy of the package", async () => {
  vi.resetModules();
  const { AdmissionError: Other } = await import("../src/index.ts");
  expect(Other).not.toBe(AdmissionError);
  const theirs = new Other("denied", "theirs");
  const ours = new AdmissionError("closed", "ours");
  expect([theirs instanceof AdmissionError, ours instanceof Other]).toEqual([true, true]);
  expect([theirs instanceof Other, ours instanceof AdmissionError]).toEqual([true, true]);
  expect(theirs).toMatchObject({ name: "AdmissionError", code: "denied" });
});

test.each([
  undefined,
  null,
  "text",
  new Error("other"),
  { name: "AdmissionError", code: "denied" },
])("%j is not such an error", (value) => {
  expect(value instanceof AdmissionError).toBe(false);
});

test("hides the brand", () => {
  const error = new AdmissionError("denied", "text");
  expect(Object.getOwnPropertySymbols(error)).toEqual([]);
  expect(error.message).toBe("text");
});

test("tells subclasses apart", () => {
  class Special extends AdmissionError {}
  expect(new Special("closed", "text")).toBeInstanceOf(AdmissionError);
  expect(new Special("closed", "text")).toBeInstanceOf(Special);
  expect(new AdmissionError("closed", "text")).not.toBeInstanceOf(Special);
});

test("accepts errors and secrets of another copy of the package", async () => {
  vi.resetModules();
  const theirs = await import("../src/index.ts");
  expect(new theirs.KeyError("missing", "theirs")).toBeInstanceOf(KeyError);
  expect(new theirs.CredentialError("expired", "theirs")).toBeInstanceOf(CredentialError);
  expect(new theirs.CredentialError("expired", "theirs")).not.toBeInstanceOf(KeyError);
  const { secretKey, publicKey } = await theirs.generateRootKeypair();
  expect(secretKey).not.toBeInstanceOf(Secret);
  expect(rootKeypairOf(secretKey).publicKey).toBe(publicKey);
});
