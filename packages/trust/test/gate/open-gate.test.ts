import { afterEach, expect, test, vi } from "vitest";
import { openGate } from "../../src/index.ts";

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

test.each(["production", "prod", "staging", "Production", "live", "dev", " "])(
  'throws under NODE_ENV "%s" unless allowed',
  (environment) => {
    vi.stubEnv("NODE_ENV", environment);
    expect(() => openGate()).toThrow(
      expect.objectContaining({
        code: "gate",
        message: expect.stringContaining(`NODE_ENV=${environment};`),
      }),
    );
    expect(openGate({ production: true }).open).toBe(true);
  },
);

test.each([undefined, "", "development", "test"])("is allowed under NODE_ENV %o", (environment) => {
  vi.stubEnv("NODE_ENV", environment);
  expect(openGate().open).toBe(true);
});
