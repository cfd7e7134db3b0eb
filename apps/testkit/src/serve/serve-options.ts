import { defaultLimits, type RpcLimits } from "@aster/rpc/server";
import { pairs, parseOptions, wholeNumber } from "../options.ts";
import { UsageError } from "../usage.ts";

export interface ServeOptions {
  readonly bind: string | undefined;
  readonly keyFile: string | undefined;
  readonly limits: Partial<RpcLimits>;
  readonly idleMs: number | undefined;
}

/** Reads the arguments of `serve`; throws {@link UsageError}. */
export function serveOptions(args: readonly string[]): ServeOptions {
  const { values, positionals } = parseOptions(args, {
    bind: { type: "string" },
    "key-file": { type: "string" },
    open: { type: "boolean" },
    limit: { type: "string", multiple: true, default: [] },
    "idle-ms": { type: "string" },
  });
  if (positionals.length > 0)
    throw new UsageError(`serve takes no argument "${positionals.join(" ")}"`);
  const limits = Object.entries(pairs("limit", values.limit)).map(limit);
  const idle = values["idle-ms"];
  return {
    bind: values.bind,
    keyFile: values["key-file"],
    limits: Object.fromEntries(limits),
    idleMs: idle === undefined ? undefined : wholeNumber("idle-ms", idle, 1),
  };
}

function limit([name, text]: [string, string]): [string, number] {
  if (!Object.hasOwn(defaultLimits, name)) {
    const known = Object.keys(defaultLimits).join(" ");
    throw new UsageError(`unknown limit ${name}\nsupported: ${known}`);
  }
  return [name, wholeNumber(`limit ${name}`, text)];
}
