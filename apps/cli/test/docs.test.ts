// docs/cli.md is made of the definitions of the commands, and its examples run.
import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { isGroup } from "../src/command/spec.ts";
import { commands } from "../src/commands/index.ts";
import { builtPage } from "./console/support.ts";
import { placeOfModules } from "./support/aster.ts";
import { commandsMarkdown } from "./support/markdown.ts";
import { startExamples } from "./support/server.ts";

const page = fileURLToPath(new URL("../../../docs/cli.md", import.meta.url));

test("docs/cli.md describes the commands; vitest --update writes it", async () => {
  await expect(commandsMarkdown(commands)).toMatchFileSnapshot(page);
});

const examples = commands
  .flatMap((spec) => (isGroup(spec) ? spec.commands : [spec]))
  .flatMap((spec) => spec.examples);

/** The words of a command line of sh, with single quotes and variables. */
function wordsOf(line: string, variables: Readonly<Record<string, string>>): string[] {
  const words = line.match(/(?:'[^']*'|[^\s'])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll("'", "").replace(/\$([A-Z]+)/g, (_, name: string) => variables[name] ?? ""),
  );
}

test.skipIf(process.platform === "win32")(
  "every example of docs/cli.md ends with 0",
  async () => {
    await using place = await placeOfModules();
    await using server = await startExamples({ registry: {} });
    const variables = {
      ADDRESS: server.address,
      NAMESPACE: server.registry.namespace,
      CONTRACT: server.contracts.Greeter ?? "",
    };
    const greeter = fileURLToPath(new URL("examples/greeter.ts", import.meta.url));
    await cp(greeter, place.file("greeter.ts"));
    await builtPage();
    expect(examples.length).toBeGreaterThan(20);
    for (const example of examples) {
      const [, producer, line = ""] = /^(?:(.*) \| )?aster (.*)$/.exec(example) ?? [];
      const input =
        producer === undefined ? "" : (await promisify(execFile)("sh", ["-c", producer])).stdout;
      const interruption = new AbortController();
      // it runs until it is interrupted
      const onOutput = line.startsWith("console ") ? () => interruption.abort() : undefined;
      const { signal: interrupted } = interruption;
      const options = { input, interrupted, onOutput };
      const { code, stderr } = await place.aster(wordsOf(line, variables), options);
      expect([example, code, code === 0 ? "" : stderr]).toEqual([example, 0, ""]);
    }
  },
  300_000,
);
