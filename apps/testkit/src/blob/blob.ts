import { type Command, commandOf } from "../subcommand.ts";
import { get } from "./get.ts";
import { put } from "./put.ts";

/** The `blob` command. */
export const blob: Command = commandOf("blob", { put, get });
