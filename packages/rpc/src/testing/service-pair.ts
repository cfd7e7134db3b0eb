import { loopbackPair, memoryPair } from "@aster/transport/testing";
import { openGate } from "@aster/trust";
import { AsterClient } from "../aster-client.ts";
import { AsterServer } from "../aster-server.ts";
import type { AsterServerOptions } from "../aster-server-options.ts";
import { type AsterClientOptions, checkClientOptions } from "../client-options.ts";
import { AsterConfig } from "../config/aster-config.ts";
import { optionError } from "../option-check.ts";
import type { NodeChoice } from "../peer/own-node.ts";
import { isTimeExact } from "../time/clock.ts";
import type { Faults } from "./faults.ts";

export interface ServicePairOptions extends Omit<AsterServerOptions, keyof NodeChoice> {
  /**
   * `"memory"` opens no socket. `"quic"` uses encrypted connections over 127.0.0.1, without relays
   * and discovery. Default: `"memory"`.
   */
  readonly transport?: "memory" | "quic" | undefined;
  /** Options of the client: its credential, its interceptors, its limits. */
  readonly client?: Omit<AsterClientOptions, keyof NodeChoice> | undefined;
  /** Faults between the two, made by {@link faults}. Default: none. */
  readonly faults?: Faults | undefined;
}

/**
 * A server and a client that it has admitted. The caller closes the pair, or `await using` does:
 * both sides and their nodes.
 */
export interface ServicePair extends AsyncDisposable {
  readonly server: AsterServer;
  readonly client: AsterClient;
}

/**
 * The time that running calls have when the pair is closed: enough for handlers that end with their
 * signal.
 */
const GRACE_MS = 1_000;

/**
 * Starts a server with these services and connects a client to it. Without `gate` and `rootPubkey`
 * the gate is `openGate()`. Rejects as `AsterServer.start` and `AsterClient.connect` do; then
 * nothing is left open.
 *
 * ```ts
 * await using pair = await servicePair({ services: [hello] });
 * expect(await pair.client.client(Hello).greet({ name: "Ada" })).toEqual({ text: "Hello, Ada!" });
 * ```
 */
export async function servicePair(options: ServicePairOptions): Promise<ServicePair> {
  const { transport = "memory", client: clientOptions = {}, faults, ...serverOptions } = options;
  if (transport !== "memory" && transport !== "quic") {
    throw optionError("transport", '"memory" or "quic"', transport);
  }
  checkClientOptions(clientOptions);
  const nodes = await (transport === "quic" ? loopbackPair() : memoryPair());
  let server: AsterServer | undefined;
  try {
    // a test does not depend on the variables and files of the machine
    const alone = { config: AsterConfig.of({}), identity: false } as const;
    server = await AsterServer.start({
      ...alone,
      gate: serverOptions.rootPubkey === undefined ? openGate() : undefined,
      ...serverOptions,
      node: nodes.server,
    });
    const client = await AsterClient.connect(server.address, {
      ...alone,
      ...clientOptions,
      node: faults?.wrapNode(nodes.client) ?? nodes.client,
    });
    return pairOf(server, client, nodes);
  } catch (error) {
    await server?.close({ graceMs: 0 });
    await nodes[Symbol.asyncDispose]();
    throw error;
  }
}

function pairOf(server: AsterServer, client: AsterClient, nodes: AsyncDisposable): ServicePair {
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      // with a fake clock the grace time would never end
      await server.close({ graceMs: isTimeExact() ? 0 : GRACE_MS });
      await nodes[Symbol.asyncDispose]();
    },
  };
}
