import { type Command, commandOf } from "../subcommand.ts";
import { read } from "./read.ts";
import { write } from "./write.ts";

/** The `doc` command. */
export const doc: Command = commandOf("doc", { write, read });
