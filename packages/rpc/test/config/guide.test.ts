// The table of docs/guide/configuration.md.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settingList } from "../../src/config/settings.ts";

const guide = readFileSync(
  new URL("../../../../docs/guide/configuration.md", import.meta.url),
  "utf8",
);

/** The cells of the rows of the settings. */
function rows(): string[][] {
  const [, section = ""] = guide.split("\n## Settings\n");
  const [table = ""] = section.split("\n## ");
  return table
    .split("\n")
    .filter((line) => line.startsWith("| `") && line.split(" | ").length === 4)
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
}

test("lists exactly the settings, in order, with key, variable and default", () => {
  const listed = rows().map(([key = "", variable = "", fallback = ""]) => [
    key.replaceAll("`", ""),
    variable.replaceAll("`", ""),
    fallback.replaceAll("`", ""),
  ]);
  expect(listed).toEqual(
    settingList.map(([, { section, key, variable, fallback }]) => [
      `${section}.${key}`,
      variable,
      fallback,
    ]),
  );
});

test("gives every setting an effect", () => {
  const effects = new Map(rows().map(([key = "", , , effect = ""]) => [key, effect]));
  for (const [, { section, key, alias }] of settingList) {
    const effect = effects.get(`\`${section}.${key}\``) ?? "";
    expect(effect).toMatch(/^[A-Z`].*\.$/);
    if (alias !== undefined) expect(effect).toContain(alias);
  }
});

test("names every other variable that is known", () => {
  const [, section = ""] = guide.split("\nOther variables:\n");
  for (const name of [
    "IO_THREADS",
    "ROOT_KEY_FILE",
    "PROFILE",
    "HOME",
    "NO_UVLOOP",
    "NATIVE_PATH",
  ]) {
    expect(section).toContain(`\`ASTER_${name}\``);
  }
});
