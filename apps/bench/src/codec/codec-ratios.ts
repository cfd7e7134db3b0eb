import { round } from "../figure.ts";
import type { Operation } from "./contender.ts";
import type { CodecFigures, CodecResults } from "./run-codec.ts";
import type { CodecName, SuiteName } from "./suite.ts";
import { oursFor, suiteNames } from "./suite.ts";

export type PeerRatios = Record<string, number>;

/** The speed of Aster divided by that of each peer. Above 1, Aster is faster. */
export interface SuiteRatios {
  /** Both encode into new memory. */
  readonly encode: PeerRatios;
  /** Aster encodes into a buffer of the caller, like calls do, and the peer into new memory. */
  readonly encodeInto: PeerRatios;
  readonly decode: PeerRatios;
  /** The length of the message, also for Aster. */
  readonly bytes: Record<string, number>;
}

/** The output of `--json`. */
export interface CodecRatios {
  readonly suites: Record<SuiteName, SuiteRatios>;
}

/** The operation of Aster. Peers have only one way to encode. */
export type Direction = Exclude<Operation, "encodeShared">;

/** Returns the ratio of a peer; undefined for the codecs of Aster. */
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
