import { usageFailure } from "../command/failure.ts";
import { columns } from "../output/table.ts";
import { cat, describe, save, watch } from "./content-commands.ts";
import type { Shell } from "./shell.ts";
import type { ShellCommand } from "./shell-command.ts";
import { unsuitable } from "./tree.ts";
import type { Word } from "./words.ts";

const ls: ShellCommand = {
  name: "ls",
  usage: "ls [PATH]",
  text: "list a folder",
  completes: "path",
  async run(shell, words) {
    const place = shell.place(words);
    const found = await shell.tree.list(place);
    const entries = found ?? [{ name: place.path.at(-1) ?? "", kind: "entry", note: "" }];
    const path = `/${place.path.join("/")}`;
    shell.result({ path, entries }, (style) =>
      entries.length === 0
        ? "(empty)"
        : columns(entries.map(({ name, kind, note }) => [style("green", name), kind, note])),
    );
  },
};

const cd: ShellCommand = {
  name: "cd",
  usage: "cd [PATH]",
  text: "change the folder; without a path to /",
  completes: "path",
  async run(shell, words) {
    const place = words.length === 0 ? shell.tree.place("/", []) : shell.place(words);
    if ((await shell.tree.list(place)) === undefined) throw unsuitable("cd", place);
    shell.folder = place.path;
  },
};

const pwd: ShellCommand = {
  name: "pwd",
  usage: "pwd",
  text: "print the folder",
  async run(shell) {
    const path = `/${shell.folder.join("/")}`;
    shell.result({ path }, path);
  },
};

const session: ShellCommand = {
  name: "session",
  usage: "session SERVICE",
  text: "open a session; its methods follow, and end closes it",
  completes: "session",
  run: (shell, [name]) => shell.openSession(name?.text ?? ""),
};

const end: ShellCommand = {
  name: "end",
  usage: "end",
  text: "close the session",
  run: (shell) => shell.closeSession(),
};

const refresh: ShellCommand = {
  name: "refresh",
  usage: "refresh",
  text: "read the services again",
  async run({ peer }) {
    await peer.client.reconnectNow();
    peer.refresh();
  },
};

const help: ShellCommand = {
  name: "help",
  usage: "help",
  text: "print this list",
  async run(shell) {
    const shown = shellCommands.map(({ name, usage, text }) => ({ name, usage, text }));
    shell.result({ commands: [...shown, ...calls] }, () =>
      columns([...shown, ...calls].map(({ usage, text }) => [usage, text])),
    );
  },
};

const exit: ShellCommand = {
  name: "exit",
  usage: "exit",
  text: "close the session, or leave the shell; also quit and Ctrl-D",
  async run(shell) {
    if (shell.session === undefined) shell.ends = true;
    else await shell.closeSession();
  },
};

/** The forms of a call, for the help. */
const calls = [
  { name: "./METHOD", usage: "./METHOD a=1 b.c=x", text: "call a method of the folder" },
  { name: "./METHOD", usage: './METHOD {"a":1}', text: "the same with a request as JSON" },
  {
    name: "SERVICE.METHOD",
    usage: "SERVICE.METHOD a=1",
    text: "call a method from anywhere; streams of requests take a list, or a line for each, then end",
  },
];

/** The commands of the shell, in the order of its help. */
export const shellCommands: readonly ShellCommand[] = [
  ls,
  cd,
  pwd,
  describe,
  session,
  end,
  cat,
  save,
  watch,
  refresh,
  help,
  exit,
];

const ALIASES: Readonly<Record<string, string>> = { quit: "exit", q: "exit", "?": "help" };

/** Returns the command of a line, `undefined` for a call. */
export function shellCommandOf(word: Word): ShellCommand | undefined {
  const name = Object.hasOwn(ALIASES, word.text) ? ALIASES[word.text] : word.text;
  return shellCommands.find((each) => each.name === name);
}

/** The failure of a command line that is neither a command nor a call. */
export function unknownCommand(name: string, { folder }: Shell): Error {
  const where = folder[0] === "services" ? "" : ", or SERVICE.METHOD";
  return usageFailure(
    `${JSON.stringify(name)} is neither a command nor a method of /${folder.join("/")}`,
    `see the commands with help; call a method with ./METHOD${where}`,
    "shell.command",
  );
}
