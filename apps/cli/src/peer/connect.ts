import { AsterClient, type AsterClientOptions, type LogLevel, textLog } from "@aster/rpc";
import type { CommandContext } from "../command/context.ts";
import { interruption, usageFailure } from "../command/failure.ts";
import { connectFailure } from "../command/failure-of.ts";
import { configOf } from "./config.ts";
import type { PeerOptions } from "./options.ts";
import { presented } from "./presented.ts";

/**
 * Connects to a peer. The caller closes the client. Throws a failure with the exit code 3 or 4.
 * With `reconnect`, the client dials again after a lost connection.
 */
export async function connectTo(
  context: CommandContext,
  address: string,
  options: PeerOptions,
  { reconnect = false }: { readonly reconnect?: boolean } = {},
): Promise<AsterClient> {
  const given = await presented(context, options);
  const { interrupted } = context.host;
  try {
    return await AsterClient.connect(address, {
      config: configOf(context),
      ...networkOf(context),
      ...given,
      timeoutMs: context.timeoutMs,
      signal: interrupted,
      // each failure is one of the command
      ...(!reconnect && { reconnect }),
      ...logOf(context),
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
