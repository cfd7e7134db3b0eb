import { round } from "../figure.ts";
import type { Operation } from "./contender.ts";
import type { CodecFigures, CodecResults } from "./run-codec.ts";
import type { CodecName, SuiteName } from "./suite.ts";
import { oursFor, suiteNames } from "./suite.ts";

export type PeerRatios = Record<string, number>;

/** Speed of ours over theirs by peer: above 1 is faster. */
export interface SuiteRatios {
  /** A message in memory of its own on both sides. */
  readonly encode: PeerRatios;
  /** Ours into a buffer of the caller, as calls do it; theirs as before. */
  readonly encodeInto: PeerRatios;
  readonly decode: PeerRatios;
  /** Length of the message, ours included. */
  readonly bytes: Record<string, number>;
}

/** What `--json` prints. */
export interface CodecRatios {
  readonly suites: Record<SuiteName, SuiteRatios>;
}

/** How ours is asked; peers have one way to encode. */
export type Direction = Exclude<Operation, "encodeShared">;

/** Undefined for one of ours. */
export function ratio(
  suite: CodecResults[SuiteName],
  peer: CodecName,
  direction: Direction,
): number | undefined {
  if (peer === "ours" || peer === "ours-native") return undefined;
  const mine = suite[oursFor(peer)]?.nanoseconds[direction];
  const their = suite[peer]?.nanoseconds[direction === "decode" ? "decode" : "encode"];
  return mine === undefined || their === undefined ? undefined : round(their / mine);
}

export function codecRatios(results: CodecResults): CodecRatios {
  return {
    suites: Object.fromEntries(
      suiteNames.map((name) => [name, suiteRatios(results[name])]),
    ) as Record<SuiteName, SuiteRatios>,
  };
}

function suiteRatios(suite: CodecResults[SuiteName]): SuiteRatios {
  const codecs = Object.entries(suite) as [CodecName, CodecFigures][];
  const inDirection = (direction: Direction): PeerRatios =>
    Object.fromEntries(
      codecs.flatMap(([peer]) => {
        const value = ratio(suite, peer, direction);
        return value === undefined ? [] : [[peer, value]];
      }),
    );
  return {
    encode: inDirection("encode"),
    encodeInto: inDirection("encodeInto"),
    decode: inDirection("decode"),
    bytes: Object.fromEntries(codecs.map(([codec, { bytes }]) => [codec, bytes])),
  };
}
