import { loopbackPair, memoryPair } from "@aster/transport/testing";
import { openGate } from "@aster/trust";
import { AsterClient } from "../aster-client.ts";
import { AsterServer, type AsterServerOptions } from "../aster-server.ts";
import { type AsterClientOptions, checkClientOptions } from "../client-options.ts";
import { optionError } from "../option-check.ts";
import type { NodeChoice } from "../peer/own-node.ts";
import { isTimeExact } from "../time/clock.ts";
import type { Faults } from "./faults.ts";

export interface ServicePairOptions extends Omit<AsterServerOptions, keyof NodeChoice> {
  /**
   * `"memory"` opens no socket; `"quic"` goes over 127.0.0.1, encrypted as ever, without relays and discovery.
   * Default `"memory"`.
   */
  readonly transport?: "memory" | "quic";
  /** For the client alone: its credential, its interceptors, its limits. */
  readonly client?: Omit<AsterClientOptions, keyof NodeChoice>;
  /** What goes wrong between the two, as {@link faults} makes it. Default: nothing. */
  readonly faults?: Faults;
}

/** A server and a client that it has admitted. Closing the pair closes both and their nodes; `await using` does. */
export interface ServicePair extends AsyncDisposable {
  readonly server: AsterServer;
  readonly client: AsterClient;
}

/** What a server that is disposed of waits for calls that still run. */
const GRACE_MS = 1_000;

/**
 * Starts a server with these services and connects a client to it. The gate is open, without a warning, unless another is
 * given. Rejects as `AsterServer.start` and `AsterClient.connect` do, with nothing left open.
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
    server = await AsterServer.start({ gate: openGate(), ...serverOptions, node: nodes.server });
    const client = await AsterClient.connect(server.address, {
      ...clientOptions,
      node: faults?.wrapNode(nodes.client) ?? nodes.client,
    });
    return joined(server, client, nodes);
  } catch (error) {
    await server?.close({ graceMs: 0 });
    await nodes[Symbol.asyncDispose]();
    throw error;
  }
}

function joined(server: AsterServer, client: AsterClient, nodes: AsyncDisposable): ServicePair {
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      // time that stands still would never be over
      await server.close({ graceMs: isTimeExact() ? 0 : GRACE_MS });
      await nodes[Symbol.asyncDispose]();
    },
  };
}
