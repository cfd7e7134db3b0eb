import { fileURLToPath } from "node:url";
import { createCodec, type EngineChoice } from "@aster/codec";
import { pythonWithAster } from "@aster-apps/conformance/python";
import { Child } from "@aster-apps/testkit/process";
import { describe, expect, it } from "vitest";
import { build, cases, hexOf } from "../../../../packages/codec/test/support/fixture.ts";

const environment = await pythonWithAster();
const script = fileURLToPath(new URL("../../../../fixtures/fory/make.py", import.meta.url));

interface Result {
  readonly name: string;
  readonly ok: boolean;
  readonly problem?: string;
}

describe.skipIf("missing" in environment)("pyfory", () => {
  it.each<EngineChoice>(["closures", "generated"])("reads what %s write", async (engine) => {
    if ("missing" in environment) return;
    const codec = createCodec({ engine });
    await using child = new Child(environment.path, ["-B", script, "check"]);
    for (const given of cases) {
      const { type, value } = build(given, "bigint");
      child.send({ ...given, hex: hexOf(codec.encode(type, value)) });
    }
    child.endInput();
    const exit = await child.exited;
    const results = child.lines as readonly Result[];
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results).toHaveLength(cases.length);
    expect(exit).toBe(0);
  });

  it("reports bytes that it cannot read", async () => {
    if ("missing" in environment) return;
    await using child = new Child(environment.path, ["-B", script, "check"]);
    const [given] = cases;
    child.send({ ...given, hex: `${given?.hex.slice(0, -2)}` });
    child.endInput();
    expect(await child.exited).toBe(1);
    expect(child.lines).toMatchObject([{ ok: false }]);
  });
});
