import { existsSync } from "node:fs";
import process from "node:process";
import { createNode, type Network } from "@aster/transport";
import { readIdentity } from "@aster/trust/files";
import manifest from "../../package.json" with { type: "json" };
import type { CommandContext } from "../command/context.ts";
import { failureOf } from "../command/failure-of.ts";
import { configOf } from "../peer/config.ts";
import { connectTo, networkOf } from "../peer/connect.ts";
import type { PeerOptions } from "../peer/options.ts";

/** The result of one check. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** The remedy; empty if the check passed. */
  readonly hint: string;
}

type RunCheck = () => Promise<Check>;

/** The time for a relay to answer. */
const RELAY_TIMEOUT_MS = 10_000;
const POLL_MS = 50;
/** The release of the first version: a clock before it is wrong. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);

/** The checks, to run one after another. With an address they include the way to that peer. */
export function checksOf(
  context: CommandContext,
  address: string | undefined,
  peer: PeerOptions,
): readonly RunCheck[] {
  const named = (name: string, hint: string, run: () => Promise<string>): RunCheck => {
    return async () => {
      try {
        return { name, ok: true, detail: await run(), hint: "" };
      } catch (error) {
        const { fields } = await failureOf(error);
        return { name, ok: false, detail: fields.message, hint: fields.hint || hint };
      }
    };
  };
  return [
    named("version", "", async () => `@aster/cli ${manifest.version}, Node ${process.version}`),
    named("clock", "set the clock: credentials expire by it", clock),
    named("configuration", "correct the setting", async () => configuration(context)),
    named("identity", "correct the identity file", () => identity(context)),
    named("native module", "reinstall the packages for this platform", loopback),
    named("relay", "check the network, or pass --relay disabled", () => relay(context)),
    ...(address === undefined
      ? []
      : [
          named("peer", "check the address, and that the peer runs", () =>
            reach(context, address, peer),
          ),
        ]),
  ];
}

async function clock(): Promise<string> {
  const now = new Date();
  if (now.getTime() >= EARLIEST_MS) return now.toISOString();
  throw new Error(`the clock shows ${now.toISOString()}`);
}

function configuration(context: CommandContext): string {
  const names = configOf(context).names();
  return names.length === 0 ? "defaults" : `sets ${names.join(", ")}`;
}

async function identity(context: CommandContext): Promise<string> {
  const path = context.path(context.host.env.ASTER_IDENTITY_FILE || ".aster-identity");
  if (!existsSync(path)) return "none; a new key at every start";
  const { endpointId, peers } = await readIdentity(path);
  const unsigned = peers.find(({ signed }) => !signed);
  if (unsigned !== undefined)
    throw new Error(`the entry ${unsigned.name} of ${path} is not signed`);
  return `${endpointId} with ${peers.length} entries`;
}

/** Opens a node on 127.0.0.1, which loads the native module. */
async function loopback(): Promise<string> {
  await using node = await createNode({ network: "none", bindAddress: "127.0.0.1:0" });
  return `opens ${node.address().directAddresses[0] ?? "a socket"}`;
}

async function relay(context: CommandContext): Promise<string> {
  const network = networkChoice(context);
  if (network === "none") return "disabled";
  await using node = await createNode({ network });
  const until = Date.now() + (context.timeoutMs ?? RELAY_TIMEOUT_MS);
  while (Date.now() < until && !context.host.interrupted.aborted) {
    const { relayUrl } = node.address();
    if (relayUrl !== undefined) return relayUrl;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error("no relay answered");
}

function networkChoice(context: CommandContext): Network {
  const given = networkOf(context).network;
  if (given !== undefined) return given;
  return configOf(context).get("relayMode") === "disabled" ? "none" : "n0";
}

async function reach(context: CommandContext, address: string, peer: PeerOptions): Promise<string> {
  const started = performance.now();
  await using client = await connectTo(context, address, peer);
  const names = client.services.map(({ name }) => name).join(", ") || "no service";
  return `admitted in ${Math.round(performance.now() - started)} ms; offers ${names}`;
}
