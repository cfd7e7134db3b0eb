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

/** Loads the native module. Rejects with {@link TransportError} `"native"` where it is missing. */
export async function loadNative(): Promise<NativeModule> {
  try {
    const loaded: NativeModule = await import(MODULE);
    return loaded;
  } catch (cause) {
    const platform = `${process.platform}-${process.arch}`;
    throw new TransportError(
      "native",
      `cannot load the native module ${MODULE} for ${platform}: build it with "npm start" in the repository ` +
        `or "pnpm --filter ${MODULE} build" (needs Rust), or use memoryNetwork() inside one process`,
      { cause },
    );
  }
}
