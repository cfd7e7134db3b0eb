import { TransportError } from "./error.ts";

/** What the native module is told about a new node. */
export interface NativeNodeInit {
  secretKey?: Uint8Array;
  bindAddress?: string;
  network?: "n0" | "none" | "relays";
  relays?: string[];
  idleTimeoutMs?: number;
  keepAliveMs?: number;
  maxStreams?: number;
  bulk?: boolean;
}

/** One endpoint of `crates/native`. Everything it reports comes out of `drain`; records as in quic/records.ts. */
export interface NativeNode {
  submit(batch: Uint8Array, used: number): void;
  sendLarge(stream: number, end: boolean, data: Uint8Array): void;
  drain(target: Uint8Array): number;
  takeLarge(token: number): Uint8Array | null;
  connect(
    ticket: number,
    peer: string,
    direct: string[],
    relay: string | null,
    alpn: string,
    raw: boolean,
    timeoutMs: number,
  ): void;
  abort(ticket: number): void;
  listen(acceptor: number, seats: number, framed: string[], raw: string[]): void;
  unlisten(acceptor: number): void;
  setGate(asking: boolean): void;
  address(): { id: string; direct: string[]; relay?: string } | null;
  stats(): { connections: number; streams: number; queuedBytes: number; handles: number };
  linkStats(connection: number): NativeLinkStats | null;
  close(): void;
  detach(): void;
}

export interface NativeLinkStats {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly rttMs: number;
  readonly paths: readonly {
    readonly address: string;
    readonly relay: boolean;
    readonly selected: boolean;
    readonly rttMs: number;
  }[];
}

export interface NativeModule {
  NativeNode: new (init: NativeNodeInit, wake: () => void) => NativeNode;
  /** `"debug"` for a build whose speed says nothing. */
  buildProfile(): string;
}

// a variable, so that neither the type checker nor a bundler needs the built module
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
