import { TransportError } from "../error.ts";

/** The module of `crates/native`. */
export type NativeModule = typeof import("@aster/native");

/** A variable, so that a bundler does not need the built module. */
const MODULE: string = "@aster/native";

/** Loads the native module. Rejects with {@link TransportError} `"native"` when it is missing. */
export async function loadNative(): Promise<NativeModule> {
  try {
    // the comments keep bundlers from replacing the import by an error
    const loaded: NativeModule = await import(
      /* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ MODULE
    );
    return loaded;
  } catch (cause) {
    throw new TransportError(
      "native",
      `${reasonOf(cause)}. Inside one process, memoryNetwork() works without it`,
      { cause },
    );
  }
}

/** Returns the loader's own explanation, unless the package itself is missing. */
function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ERR_MODULE_NOT_FOUND") {
    return (
      `cannot find the package ${MODULE}; a bundled program needs it beside the bundle: add it to the ` +
      "dependencies, and mark it as external"
    );
  }
  return cause instanceof Error ? cause.message : String(cause);
}
