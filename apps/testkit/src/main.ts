// The testkit: a server, a client, a codec and trust commands that other programs control with
// command lines and JSON lines. Stdout carries JSON lines only.
import { runCommand } from "./run-command.ts";

process.exitCode = await runCommand(process.argv.slice(2));
