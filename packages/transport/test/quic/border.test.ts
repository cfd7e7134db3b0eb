// The generated files of the native border. `vitest run packages/transport/test/quic/border.test.ts
// -u` writes them anew after a change of crates/native/src.
import { readFile } from "node:fs/promises";
import type { BorderGroup } from "@aster/native";
import { expect, test } from "vitest";
import { MAX_FRAME_BYTES, ResetCode } from "../../src/index.ts";
import { Limit, StreamCode } from "../../src/quic/border.ts";
import { loadNative } from "../../src/quic/native.ts";

const crate = new URL("../../../../crates/native/", import.meta.url);
const HEAD = `// Generated from crates/native/src/border.rs by test/quic/border.test.ts.
`;

function typeScript({ name, about, constants }: BorderGroup): string {
  const pascal = name.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase());
  const lines = constants.map(
    (constant) => `  /** ${constant.about} */\n  ${constant.name}: ${digits(constant.value)},\n`,
  );
  return `\n/** ${about} */\nexport const ${pascal} = {\n${lines.join("")}} as const;\n`;
}

function digits(value: number): string {
  return value.toLocaleString("en").replaceAll(",", "_");
}

test("the numbers of border.ts are those of the native module", async () => {
  const { border } = await loadNative();
  const source = HEAD + border().map(typeScript).join("");
  await expect(source).toMatchFileSnapshot("../../src/quic/border.ts");
});

test("the committed types of the native module are those of its build", async () => {
  const built = await readFile(new URL("built.d.ts", crate), "utf8");
  await expect(built).toMatchFileSnapshot("../../../../crates/native/index.d.ts");
});

test("the native module uses the codes and sizes of the wire", () => {
  expect(StreamCode.CANCELLED).toBe(ResetCode.Cancelled);
  expect(StreamCode.REFUSED_STREAM).toBe(ResetCode.RefusedStream);
  expect(StreamCode.INTERNAL_ERROR).toBe(ResetCode.InternalError);
  expect(Limit.MAX_FRAME_BYTES).toBe(MAX_FRAME_BYTES);
});
