import { fileURLToPath } from "node:url";
import { createCodec, type EngineChoice } from "@aster/codec";
import { describe, expect, it } from "vitest";
import { build, cases, hexOf } from "../../../packages/codec/test/support/fixture.ts";
import { Child } from "../src/process/child.ts";
import { pythonWithWheel } from "../src/process/python.ts";

const python = await pythonWithWheel();
const judge = fileURLToPath(new URL("../../../fixtures/fory/make.py", import.meta.url));

interface Verdict {
  readonly name: string;
  readonly ok: boolean;
  readonly problem?: string;
}

describe.skipIf("missing" in python)("pyfory reads what we write", () => {
  it.each<EngineChoice>(["closures", "generated"])("with %s", async (engine) => {
    if ("missing" in python) return;
    const codec = createCodec({ engine });
    await using child = new Child(python.path, ["-B", judge, "check"]);
    for (const given of cases) {
      const { type, value } = build(given, "bigint");
      child.send({ ...given, hex: hexOf(codec.encode(type, value)) });
    }
    child.endInput();
    const exit = await child.exited;
    const verdicts = child.lines as readonly Verdict[];
    expect(verdicts.filter(({ ok }) => !ok)).toEqual([]);
    expect(verdicts).toHaveLength(cases.length);
    expect(exit).toBe(0);
  });

  it("and says where it cannot", async () => {
    if ("missing" in python) return;
    await using child = new Child(python.path, ["-B", judge, "check"]);
    const [given] = cases;
    child.send({ ...given, hex: `${given?.hex.slice(0, -2)}` });
    child.endInput();
    expect(await child.exited).toBe(1);
    expect(child.lines).toMatchObject([{ ok: false }]);
  });
});
