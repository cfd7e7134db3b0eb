import { type Command, commandOf } from "../subcommand.ts";
import { acl } from "./acl.ts";
import { manifest } from "./manifest.ts";
import { resolve } from "./resolve.ts";
import { watch } from "./watch.ts";

/** The `registry` command. */
export const registry: Command = commandOf("registry", { resolve, watch, manifest, acl });
