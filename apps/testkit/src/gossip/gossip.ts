import { type Command, commandOf } from "../subcommand.ts";
import { join } from "./join.ts";

/** The `gossip` command. */
export const gossip: Command = commandOf("gossip", { join });
