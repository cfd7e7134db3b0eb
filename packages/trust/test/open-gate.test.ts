import { afterEach, expect, test, vi } from "vitest";
import { openGate } from "../src/index.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("admits peers without a credential and denies peers with one", async () => {
  const gate = openGate();
  expect(gate.open).toBe(true);
  expect(await gate.admit({ credentialJson: "", iidToken: "" }, "a")).toEqual({
    admitted: true,
    attributes: {},
  });
  expect(await gate.admit({ credentialJson: "{}", iidToken: "" }, "a")).toMatchObject({
    admitted: false,
  });
});

test("throws in production unless allowed", () => {
  vi.stubEnv("NODE_ENV", "production");
  expect(() => openGate()).toThrow(expect.objectContaining({ code: "gate" }));
  expect(openGate({ production: true }).open).toBe(true);
});
