// The text of docs/cli.md, made of the definitions of the commands.
import { globalOptions } from "../../src/command/program.ts";
import {
  type CommandSpec,
  type GroupSpec,
  isGroup,
  type OptionSpec,
} from "../../src/command/spec.ts";

const head = `---
title: The command aster
---

# The command \`aster\`

\`aster\` of [\`@aster/cli\`](../apps/cli/README.md) makes keys and credentials, compares contracts, and calls services from a terminal, a script or a
CI job. This page is made of the definitions of the commands, and a test runs every example: in a folder with
[greeter.ts](../apps/cli/test/examples/greeter.ts), with the address of a server of its services in \`ADDRESS\`, the
id of its registry in \`NAMESPACE\` and the contract id of Greeter in \`CONTRACT\`.

Stdout carries the result and nothing else. With \`--json\` it is one JSON object, or one a line for streams.

| exit code | meaning |
| --: | --- |
| 0 | done |
| 1 | the call ended with a status, a check found a difference, or the command has a fault |
| 2 | the command line, a file or a JSON text cannot be used |
| 3 | the peer denied the admission |
| 4 | the peer cannot be reached |
| 130 | interrupted |

With \`--json\` an error is \`{"error":{"code","status","reason","message","hint"}}\`; a call adds \`details\`, and \`declared\` with the type and data of a
[declared error](guide/errors.md). Besides the [reasons of calls](guide/errors.md#reasons) there are these:

| reason | cause |
| --- | --- |
| \`file.missing\`, \`file.exists\`, \`file.denied\`, \`file.kind\`, \`file.malformed\` | a file cannot be read or written |
| \`json.malformed\` | a text is not JSON |
| \`module.failed\`, \`module.export\` | a module does not load, or does not export the service |
| \`profile.missing\`, \`profile.exists\` | a profile is not there, or is there already |
| \`key.*\`, \`credential.*\` | a key file, the keyring or a credential cannot be used ([trust](trust.md#errors)) |
| \`session.missing\`, \`session.limit\` | a tool names a session that is not open, or opens too many |
| \`shell.syntax\`, \`shell.command\` | a line of the shell is not complete, or its command does not fit |
| \`contract.missing\` | the peer does not describe its services; name their contracts with \`--contract\` |
| \`contract.data\` | a manifest cannot be read, or does not describe a type |
`;

/** The whole page. */
export function commandsMarkdown(specs: readonly (CommandSpec | GroupSpec)[]): string {
  const parts = specs.flatMap((spec) =>
    isGroup(spec)
      ? [
          `## aster ${spec.name}\n\n${spec.summary}.`,
          ...spec.commands.map((each) => commandText(each, `${spec.name} `, "###")),
        ]
      : [commandText(spec, "", "##")],
  );
  const options = `## Options of every command\n\n${optionTable(globalOptions)}`;
  return `${[head.trimEnd(), options, ...parts].join("\n\n")}\n`;
}

function commandText(spec: CommandSpec, prefix: string, level: string): string {
  const { name, summary, details, args = [], options = [], examples } = spec;
  const usage = [`aster ${prefix}${name}`, ...args.map((each) => each.name)].join(" ");
  return [
    `${level} aster ${prefix}${name}`,
    `${summary}.${details === undefined ? "" : ` ${details.replaceAll("|", "\\|")}`}`,
    `\`\`\`sh\n${examples.join("\n")}\n\`\`\``,
    `Usage: \`${usage}${options.length > 0 ? " [options]" : ""}\``,
    ...(args.length > 0
      ? [
          table(
            "argument",
            args.map(({ name: each, text }) => [each, text]),
          ),
        ]
      : []),
    ...(options.length > 0 ? [optionTable(options)] : []),
  ].join("\n\n");
}

function optionTable(options: readonly OptionSpec[]): string {
  const rows = options.map((option): [string, string] => {
    const notes = [
      ...(option.choices === undefined ? [] : [option.choices.join(", ")]),
      ...(option.default === undefined ? [] : [`default: ${String(option.default)}`]),
      ...(option.required === true ? ["required"] : []),
      ...(option.repeats === true ? ["can be repeated"] : []),
    ];
    return [option.flags, option.text + (notes.length > 0 ? ` (${notes.join("; ")})` : "")];
  });
  return table("option", rows);
}

function table(title: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([name, text]) => `| \`${name}\` | ${text.replaceAll("|", "\\|")} |`);
  return [`| ${title} | meaning |`, "| --- | --- |", ...lines].join("\n");
}
