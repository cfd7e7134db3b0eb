import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { usageFailure } from "../command/failure.ts";
import type { ShellCommand } from "./shell-command.ts";
import { unsuitable } from "./tree.ts";

export const describe: ShellCommand = {
  name: "describe",
  usage: "describe [PATH]",
  text: "show a service or method with its fields",
  completes: "path",
  async run(shell, words) {
    const place = shell.place(words);
    const { folder, rest } = place;
    if (folder === undefined) {
      const services = await shell.tree.place("/services", []).folder?.describe?.([]);
      if (services !== undefined) shell.result(services.value, services.text);
      return;
    }
    if (folder.describe === undefined) throw unsuitable("describe", place);
    const { value, text } = await folder.describe(rest);
    shell.result(value, text);
  },
};

export const cat: ShellCommand = {
  name: "cat",
  usage: "cat PATH",
  text: "write a blob or an entry of a document to stdout",
  completes: "path",
  async run(shell, words, signal) {
    const place = shell.place(words);
    const { folder, rest } = place;
    if (folder?.read === undefined || rest.length === 0) throw unsuitable("cat", place);
    const { stdout } = shell.context.host;
    let last = 0;
    for await (const piece of folder.read(rest, signal)) {
      last = piece.at(-1) ?? last;
      if (!stdout.write(piece)) await once(stdout, "drain", { signal });
    }
    // the next prompt begins on its own line
    if (shell.lines.interactive && last !== 0x0a) shell.context.note("");
  },
};

export const save: ShellCommand = {
  name: "save",
  usage: "save PATH FILE",
  text: "save a blob or an entry of a document in a new file",
  completes: "path",
  async run(shell, [path, name], signal) {
    const place = shell.place(path === undefined ? [] : [path]);
    const { folder, rest } = place;
    if (folder?.read === undefined || rest.length === 0) throw unsuitable("save", place);
    if (name === undefined) throw usageFailure("save needs a file", "write: save PATH FILE");
    const file = shell.context.path(name.text);
    if (existsSync(file)) {
      throw usageFailure(`there is a file already: ${file}`, "choose another path", "file.exists");
    }
    let bytes = 0;
    const counted = async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        bytes += piece.length;
        yield piece;
      }
    };
    await pipeline(folder.read(rest, signal), counted, createWriteStream(file, { flags: "wx" }), {
      signal,
    });
    shell.result({ file, bytes }, `${bytes} bytes in ${file}`);
  },
};

export const watch: ShellCommand = {
  name: "watch",
  usage: "watch PATH [SECONDS]",
  text: "print the changes of a registry or document, or the messages of a topic, until Ctrl-C",
  completes: "path",
  async run(shell, [path, limit], signal) {
    const place = shell.place(path === undefined ? [] : [path]);
    const { folder, rest } = place;
    if (folder?.watch === undefined) throw unsuitable("watch", place);
    const seconds = limit === undefined ? undefined : Number(limit.text);
    if (seconds !== undefined && !(seconds > 0 && seconds <= 86_400)) {
      throw usageFailure(`watch takes seconds up to 86400, not ${JSON.stringify(limit?.text)}`);
    }
    const ends = seconds === undefined ? [] : [AbortSignal.timeout(Math.ceil(seconds * 1000))];
    const until = AbortSignal.any([signal, ...ends]);
    try {
      for await (const { value, text } of folder.watch(rest, until)) shell.result(value, text);
    } catch (error) {
      // the end of the time is not an error
      if (signal.aborted || !until.aborted) throw error;
    }
    signal.throwIfAborted();
  },
};
