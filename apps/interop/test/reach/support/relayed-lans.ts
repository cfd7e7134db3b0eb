import { fileURLToPath } from "node:url";
import type { Child } from "@aster-apps/testkit/process";
import { Lans } from "./lans.ts";
import { PeerProcess } from "./peer-process.ts";

const PORT = 3340;
const aster = fileURLToPath(new URL("../../../../cli/src/main.ts", import.meta.url));

/** A line of `aster relay --json`. */
type RelayLine = { readonly url: string } | RelayEvent;

interface RelayEvent {
  readonly event: "connected" | "disconnected";
  readonly endpointId: string;
  readonly connections: number;
}

/**
 * Two networks, with the host alice on the left and bob on the right. Only the host between them is
 * in both: it runs a relay, and passes no packets on until {@link RelayedLans.route}.
 */
export class RelayedLans implements AsyncDisposable {
  readonly lans: Lans;
  readonly #relay: Child;
  readonly url: string;
  readonly #peers: PeerProcess[] = [];

  private constructor(lans: Lans, relay: Child, url: string) {
    this.lans = lans;
    this.#relay = relay;
    this.url = url;
  }

  static async open(): Promise<RelayedLans> {
    const lans = await Lans.open({
      alice: ["left"],
      bob: ["right"],
      between: ["left", "right"],
    });
    await lans.forward("between", false);
    for (const [host, lan] of [
      ["alice", "left"],
      ["bob", "right"],
    ] as const) {
      const via = lans.address("between", lan);
      await lans.ip(host, "route", "replace", "default", "via", via);
    }
    const options = ["relay", "--json", "--bind", `0.0.0.0:${PORT}`];
    const relay = lans.run("between", process.execPath, aster, ...options);
    await relay.line((line): line is RelayLine => "url" in (line as RelayLine));
    // a host accepts packets to each of its addresses on each of its interfaces
    const url = `http://${lans.address("between", "left")}:${PORT}`;
    return new RelayedLans(lans, relay, url);
  }

  /** Starts a program on a host. */
  start(host: "alice" | "bob"): PeerProcess {
    const peer = new PeerProcess((...command) => this.lans.run(host, ...command));
    this.#peers.push(peer);
    return peer;
  }

  /** Makes a route between the two networks, or takes it away. The hosts do not notice. */
  route(exists: boolean): Promise<void> {
    return this.lans.forward("between", exists);
  }

  /** The nodes that have connected to the relay so far, one entry for each connection. */
  get connected(): readonly string[] {
    const lines = this.#relay.lines as readonly RelayLine[];
    return lines.flatMap((line) =>
      "event" in line && line.event === "connected" ? [line.endpointId] : [],
    );
  }

  /** The number of connections that have ended. */
  get disconnections(): number {
    const lines = this.#relay.lines as readonly RelayLine[];
    return lines.filter((line) => "event" in line && line.event === "disconnected").length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.kill()));
    this.#relay.signal("SIGKILL");
    await this.#relay[Symbol.asyncDispose]();
    await this.lans[Symbol.asyncDispose]();
  }
}
