import { AsterClient, type AsterClientOptions, type LogLevel, textLog } from "@aster/rpc";
import type { NodeOptions } from "@aster/transport";
import type { CommandContext } from "../command/context.ts";
import { interruption, usageFailure } from "../command/failure.ts";
import { connectFailure } from "../command/failure-of.ts";
import { isRegistryAddress, peerOf } from "../registry/registry-text.ts";
import { configOf } from "./config.ts";
import type { PeerOptions } from "./options.ts";
import { presented } from "./presented.ts";

export interface ConnectChoice {
  readonly reconnect?: boolean | undefined;
  /** The service to find if the address is that of a registry. */
  readonly service?: string | undefined;
  /** Protocols of the node besides calls. It is then closed for other nodes. */
  readonly protocols?: NodeOptions["protocols"];
}

/**
 * Connects to a peer, or to the best producer of `service` in a registry; without a service to the
 * peer that the address of a registry names. The caller closes the client. Throws a failure with
 * the exit code 3 or 4. With `reconnect`, the client dials again after a lost connection; through a
 * registry it always does.
 */
export async function connectTo(
  context: CommandContext,
  address: string,
  options: PeerOptions,
  { reconnect = false, service, protocols }: ConnectChoice = {},
): Promise<AsterClient> {
  const given = await presented(context, options);
  const { interrupted } = context.host;
  try {
    const choice: AsterClientOptions = {
      config: configOf(context),
      ...networkOf(context),
      ...given,
      timeoutMs: context.timeoutMs,
      signal: interrupted,
      ...(protocols !== undefined && { node: { protocols, closed: true } }),
      ...logOf(context),
    };
    if (service !== undefined && isRegistryAddress(address)) {
      return await AsterClient.connect({ ...choice, registry: address, service });
    }
    // each failure is one of the command
    return await AsterClient.connect(peerOf(address), {
      ...choice,
      ...(!reconnect && { reconnect }),
    });
  } catch (error) {
    throw interrupted.aborted ? interruption() : await connectFailure(error);
  }
}

/** The relays that `--relay` names. */
export function networkOf({ options: { relay } }: CommandContext): AsterClientOptions {
  if (relay === undefined) return {};
  if (relay === "disabled") return { network: "none" };
  if (relay === "default") return { network: "n0" };
  if (URL.canParse(relay)) return { network: { relays: [relay] } };
  throw usageFailure(`--relay takes default, disabled or a URL, not "${relay}"`);
}

function logOf({ options: { logLevel }, host }: CommandContext): AsterClientOptions {
  if (logLevel === undefined) return {};
  return { log: textLog({ stream: host.stderr, level: logLevel as LogLevel }) };
}
