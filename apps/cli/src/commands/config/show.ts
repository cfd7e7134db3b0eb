import { existsSync } from "node:fs";
import { AsterConfig } from "@aster/rpc";
import type { Run } from "../../command/spec.ts";
import { columns } from "../../output/table.ts";

/** A value and its source, as the command prints them. */
interface Shown {
  readonly value: unknown;
  readonly from: string;
}

export const show: Run = async (context, { options }) => {
  const file = context.path(typeof options.file === "string" ? options.file : "aster.toml");
  const { env } = context.host;
  const config =
    typeof options.file === "string" || existsSync(file)
      ? AsterConfig.fromFile(file, env)
      : AsterConfig.fromEnv(env);
  const values: Record<string, Shown> = {};
  for (const [section, settings] of Object.entries(config.toJSON())) {
    for (const [key, { value, origin }] of Object.entries(settings)) {
      const shown = value === "not set" ? null : value;
      values[`${section}.${camelCase(key)}`] = { value: shown, from: sourceOf(origin, file) };
    }
  }
  const { relay } = context.options;
  if (relay !== undefined) values["network.relayMode"] = { value: relay, from: "argument" };
  context.result({ values }, (style) =>
    columns(
      Object.entries(values).map(([name, { value, from }]) => [
        name,
        value === null ? "" : String(value),
        from === "default" ? style("dim", from) : from,
      ]),
    ),
  );
  return 0;
};

function sourceOf(origin: string, file: string): string {
  if (origin === "default") return origin;
  return /^ASTER_\w+$/.test(origin) ? `env ${origin}` : `file ${file}`;
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
