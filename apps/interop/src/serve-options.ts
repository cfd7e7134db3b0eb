import { pairs, parseOptions, wholeNumber } from "./options.ts";
import { UsageError } from "./usage.ts";

export interface ServeOptions {
  readonly bind: string | undefined;
  readonly keyFile: string | undefined;
  readonly limits: Readonly<Record<string, number>>;
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
  if (positionals.length > 0) throw new UsageError(`serve takes no ${positionals.join(" ")}`);
  const limits = Object.entries(pairs("limit", values.limit)).map(
    ([name, text]): [string, number] => [name, wholeNumber(`limit ${name}`, text, 1)],
  );
  const idle = values["idle-ms"];
  return {
    bind: values.bind,
    keyFile: values["key-file"],
    limits: Object.fromEntries(limits),
    idleMs: idle === undefined ? undefined : wholeNumber("idle-ms", idle, 1),
  };
}
