import { readFileSync } from "node:fs";
import { CodecError, createCodec, type EngineChoice } from "../../src/index.ts";
import { build, bytesOf, cases } from "./fixture.ts";
import type { Target } from "./fuzz.ts";
import { type Declaration, VectorTypes } from "./vector-types.ts";

const engines: readonly EngineChoice[] = ["closures", "generated"];

/** Every vector of profile A without definitions, for both engines. */
export function exactTargets(): Target[] {
  return engines.flatMap((engine) => {
    const codec = createCodec({ engine });
    return cases.map((given) => {
      const typed = codec.type(build(given, "bigint").type);
      return target(`${given.name}, ${engine}`, given.hex, (bytes) => typed.decode(bytes));
    });
  });
}

interface Vector {
  readonly name: string;
  readonly config: { readonly ref: boolean };
  readonly types?: readonly Declaration[];
  readonly reader?: readonly Declaration[];
  readonly root: unknown;
  readonly hex: string;
}

/**
 * The vectors of a file in the notation of notation.py, and messages for readers with other types.
 */
export function vectorTargets(file: string): Target[] {
  const url = new URL(`../../../../fixtures/fory/${file}.json`, import.meta.url);
  const read = JSON.parse(readFileSync(url, "utf8")) as {
    readonly cases: readonly Vector[];
    readonly evolution?: readonly Vector[];
  };
  const vectors = [...read.cases, ...(read.evolution ?? [])];
  return engines.flatMap((engine) => {
    const codec = createCodec({ engine, profile: "B" });
    return vectors.flatMap(({ name, config, types, reader, root, hex }) => {
      const named = (root as { readonly type?: string }).type;
      if (named === undefined) return [];
      const world = new VectorTypes(reader ?? types ?? [], { refs: config.ref });
      const type = world.type(named);
      if (type === undefined) return [];
      const typed = codec.type(type);
      return target(`${name}, ${engine}`, hex, (bytes) => typed.decode(bytes));
    });
  });
}

/** A vector that is refused unchanged stays refused, which is a valid answer too. */
function target(name: string, hex: string, decode: (bytes: Uint8Array) => unknown): Target {
  const bytes = bytesOf(hex);
  let refused: string | undefined;
  try {
    decode(bytes);
  } catch (reason) {
    if (!(reason instanceof CodecError)) throw reason;
    refused = reason.message;
  }
  if (refused === undefined) return { name, bytes, read: decode };
  const read = (given: Uint8Array): unknown => {
    try {
      return decode(given);
    } catch (reason) {
      if (reason instanceof CodecError && reason.message === refused) return refused;
      throw reason;
    }
  };
  return { name, bytes, read };
}
