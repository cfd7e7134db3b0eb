import { existsSync } from "node:fs";
import { AsterConfig } from "@aster/rpc";
import type { CommandContext } from "../command/context.ts";

/** The configuration of a command: `aster.toml` of its folder, if there is one, and variables. */
export function configOf(context: CommandContext): AsterConfig {
  const file = context.path("aster.toml");
  const { env } = context.host;
  return existsSync(file) ? AsterConfig.fromFile(file, env) : AsterConfig.fromEnv(env);
}
