import { TransportError } from "../error.ts";

/** The module of `crates/native`. */
export type NativeModule = typeof import("@aster/native");

/** A variable, so that a bundler does not need the built module. */
const MODULE: string = "@aster/native";

/** Loads the native module. Rejects with {@link TransportError} `"native"` when it is missing. */
export async function loadNative(): Promise<NativeModule> {
  try {
    const loaded: NativeModule = await import(MODULE);
    return loaded;
  } catch (cause) {
    const platform = `${process.platform}-${process.arch}`;
    throw new TransportError(
      "native",
      `cannot load the native module ${MODULE} for ${platform}; build it with "npm start" in the repository ` +
        `or "pnpm --filter ${MODULE} build" (needs Rust), or use memoryNetwork() inside one process`,
      { cause },
    );
  }
}
