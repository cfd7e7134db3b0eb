import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createCodec, createTypeScope, wireEnum, wireType } from "../../src/index.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("a module that is evaluated again after an edit", () => {
  test("is refused outside development, with the way to allow it", () => {
    const scope = createTypeScope();
    for (const env of ["production", "test", ""]) {
      vi.stubEnv("NODE_ENV", env);
      wireType("reload/Order", { id: z.int() }, { scope });
      expect(() => wireType("reload/Order", { id: z.string() }, { scope })).toThrow(
        /already names another shape: .*NODE_ENV=development/,
      );
    }
  });

  test("defines its types again in development, with one warning", () => {
    vi.stubEnv("NODE_ENV", "development");
    const warnings: string[] = [];
    vi.spyOn(process, "emitWarning").mockImplementation((text) => {
      warnings.push(String(text));
    });
    const scope = createTypeScope();
    const First = wireType("reload/Again", { id: z.int() }, { scope, id: 7 });
    const Second = wireType("reload/Again", { id: z.int(), note: z.string() }, { scope, id: 7 });
    const Third = wireType("reload/Other", { note: z.string() }, { scope, id: 7 });
    for (const codec of [
      createCodec(),
      createCodec({ profile: "B" }),
      createCodec({ mode: "json" }),
      createCodec({ mode: "native" }),
    ]) {
      expect(codec.decode(First, codec.encode(First, { id: 1 }))).toEqual({ id: 1 });
      const second = { id: 1, note: "n" };
      expect(codec.decode(Second, codec.encode(Second, second))).toEqual(second);
      expect(codec.decode(Third, codec.encode(Third, { note: "n" }))).toEqual({ note: "n" });
    }
    wireEnum("reload/Again", ["a"], { scope });
    wireEnum("reload/Again", ["a", "b"], { scope });
    wireType("reload/Again", { id: z.int() }, { scope });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/^reload\/Again already names another shape: .*later definition/);
  });
});
