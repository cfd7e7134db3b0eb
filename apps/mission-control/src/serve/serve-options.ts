import { parseArgs } from "node:util";
import { UsageError } from "../usage.ts";

/** The options of `serve`. */
export interface ServeOptions {
  /** The public root key, as text or as the name of a file; `undefined` in dev mode. */
  readonly rootPub: string | undefined;
  readonly identity: string | undefined;
  readonly bind: string | undefined;
  readonly registry: boolean;
}

/** Reads the arguments of `serve`. Throws {@link UsageError}. */
export function serveOptions(args: readonly string[]): ServeOptions {
  const { auth, identity, bind, registry, "root-pub": rootPub } = parse(args);
  if (auth && (rootPub === undefined || identity === undefined)) {
    throw new UsageError("--auth needs --root-pub and --identity");
  }
  if (!auth && rootPub !== undefined) throw new UsageError("--root-pub needs --auth");
  return { rootPub, identity, bind, registry };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        auth: { type: "boolean", default: false },
        "root-pub": { type: "string" },
        identity: { type: "string" },
        bind: { type: "string" },
        registry: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
