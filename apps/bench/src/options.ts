import { parseArgs } from "node:util";
import type { PeerName } from "./peer.ts";
import { peerNames } from "./peer.ts";

export interface BenchOptions {
  /** `rpc` leaves out first call, contract id and memory. */
  readonly part: "all" | "rpc" | "codec";
  readonly json: boolean;
  /** The peers in addition to grpc-js. */
  readonly peers: readonly PeerName[];
  /** The number of windows per load and stack or codec, of which the medians are taken. */
  readonly windows: number;
  readonly windowMs: number;
  readonly warmUpMs: number;
  /** The messages of one streaming call. */
  readonly messages: number;
  /** The calls of the memory test. */
  readonly calls: number;
}

export const usage = `npm run bench -- [rpc | codec] [options]

  rpc               calls and streams only; without it also first call, contract id and memory
  codec             encoding and decoding compared with other codecs
                    the full run and codec write their sections of RESULTS.md, unless with --json
  --json            print one JSON object and nothing else
  --peers LIST      peers in addition to grpc-js, separated by commas: connect-node, trpc-ws and rust (needs
                    cargo and builds for some minutes), or none (connect-node,trpc-ws)
  --windows N       measurements per load and stack or codec (5; codec 7)
  --window-ms N     length of one (800; codec 60)
  --warm-up-ms N    length of the first window, which does not count (800; codec 250)
  --messages N      messages of one streaming call (20000)
  --calls N         calls of the memory test, after a tenth as many (1000000)
`;

const stackWindows = { windows: "5", windowMs: "800", warmUpMs: "800" };
const codecWindows = { windows: "7", windowMs: "60", warmUpMs: "250" };

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name} must be a whole number from 1, not "${text}"`);
  return value;
}

function peersOf(text: string): readonly PeerName[] {
  if (text === "none") return [];
  const wanted = text.split(",");
  const unknown = wanted.find((name) => !(peerNames as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new Error(`unknown peer "${unknown}"; use ${peerNames.join(", ")} or none`);
  return peerNames.filter((name) => wanted.includes(name));
}

/**
 * Reads the command line; returns undefined for --help. Throws an error whose message is for the
 * user.
 */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      json: { type: "boolean", default: false },
      peers: { type: "string", default: "connect-node,trpc-ws" },
      windows: { type: "string" },
      "window-ms": { type: "string" },
      "warm-up-ms": { type: "string" },
      messages: { type: "string", default: "20000" },
      calls: { type: "string", default: "1000000" },
    },
  });
  if (values.help) return undefined;
  const [part = "all", ...more] = positionals;
  if ((part !== "all" && part !== "rpc" && part !== "codec") || more.length > 0) {
    throw new Error(`unknown part "${positionals.join(" ")}"; use rpc or codec`);
  }
  const usual = part === "codec" ? codecWindows : stackWindows;
  return {
    part,
    json: values.json,
    peers: peersOf(values.peers),
    windows: positive("windows", values.windows ?? usual.windows),
    windowMs: positive("window-ms", values["window-ms"] ?? usual.windowMs),
    warmUpMs: positive("warm-up-ms", values["warm-up-ms"] ?? usual.warmUpMs),
    messages: positive("messages", values.messages),
    calls: positive("calls", values.calls),
  };
}
