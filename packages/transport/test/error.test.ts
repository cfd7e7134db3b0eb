import { expect, test, vi } from "vitest";
import { TransportError } from "../src/index.ts";

test("instanceof recognises the errors of another copy of the package", async () => {
  vi.resetModules();
  const other = await import("../src/index.ts");
  expect(other.TransportError).not.toBe(TransportError);
  const error = new other.TransportError("reset", "by the peer", { applicationCode: 1 });
  expect(error).toBeInstanceOf(TransportError);
  expect(new TransportError("reset", "by the peer")).toBeInstanceOf(other.TransportError);
});

test.each([undefined, null, "reset", new Error("reset"), { code: "reset" }])(
  "instanceof does not recognise %j",
  (value) => {
    expect(value instanceof TransportError).toBe(false);
  },
);

test("an error has its code, application code and cause, and no other enumerable property", () => {
  const cause = new Error("why");
  const error = new TransportError("closed", "the end", { applicationCode: 403, cause });
  expect({ ...error }).toEqual({ name: "TransportError", code: "closed", applicationCode: 403 });
  expect(error.cause).toBe(cause);
  expect(String(error)).toBe("TransportError: the end");
});

test("tells subclasses apart", () => {
  class Special extends TransportError {}
  expect(new Special("reset", "text")).toBeInstanceOf(TransportError);
  expect(new Special("reset", "text")).toBeInstanceOf(Special);
  expect(new TransportError("reset", "text")).not.toBeInstanceOf(Special);
});
