// The testkit: a server, a client, a codec and trust commands that other programs control with
// command lines and JSON lines. Stdout carries JSON lines only.
import { onReaderGone } from "./json-lines.ts";
import { runCommand } from "./run-command.ts";

/** The exit code of a shell for a program that SIGPIPE has ended. */
const READER_GONE = 141;

const [command = "", ...args] = process.argv.slice(2);
// a server has other users than the reader of its lines
onReaderGone(() => command !== "serve" && process.exit(READER_GONE));
process.exitCode = await runCommand([command, ...args]);
