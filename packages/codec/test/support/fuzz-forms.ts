import {
  type Codec,
  CodecError,
  compressPayload,
  createCodec,
  decompressPayload,
} from "../../src/index.ts";
import { nativeCodec } from "../../src/native/index.ts";
import { hashOf } from "../../src/xlang/type-meta.ts";
import { build, cases } from "./fixture.ts";
import type { Target } from "./fuzz.ts";
import { nativeValues } from "./native-values.ts";

/** Longer messages take long and find nothing more. */
const mostBytes = 300;

/** The values of profile A's vectors in JSON, compact and indented. */
export function jsonTargets(): Target[] {
  const codec = createCodec({ mode: "json" });
  return own(codec).flatMap((target) => {
    const spread = JSON.stringify(JSON.parse(new TextDecoder().decode(target.bytes)), null, 1);
    const without = ["offset"] as const;
    const looser = { ...target, bytes: new TextEncoder().encode(spread), without };
    return [{ ...target, without }, ...(target.name.includes("64") ? [] : [looser])];
  });
}

/** The same values in NATIVE, and values without a type. */
export function nativeTargets(): Target[] {
  const codec = nativeCodec();
  const free = nativeValues.map((value, i): Target => {
    return { name: `native value ${i}`, bytes: codec.encode(value), read: (b) => codec.decode(b) };
  });
  // values are checked against their types after the whole message was read
  return [...own(createCodec({ mode: "native" })), ...free].map((target) => {
    return { ...target, without: ["offset"] };
  });
}

function own(codec: Codec): Target[] {
  return cases.flatMap((given) => {
    const { type, value } = build(given, "bigint");
    const typed = codec.type(type);
    try {
      const bytes = typed.encode(value);
      if (bytes.length > mostBytes) return [];
      const name = `${given.name} in ${codec.mode}`;
      return [{ name, bytes, read: (b: Uint8Array) => typed.decode(b) }];
    } catch (reason) {
      // NaN has no form in JSON
      if (reason instanceof CodecError && reason.code === "value") return [];
      throw reason;
    }
  });
}

/** Frames of zstd: a small one, one of several blocks, and one of repeated bytes. */
export function zstdTargets(): Target[] {
  const random = Uint8Array.from({ length: 400 }, (_, i) => (i * i * 31) % 251);
  const text = new TextEncoder().encode("the quick brown fox ".repeat(30));
  const payloads = [new Uint8Array(0), Uint8Array.of(7), random, text, new Uint8Array(300_000)];
  return payloads.flatMap((payload, i) =>
    [1, 9].map(
      (level): Target => ({
        name: `zstd ${i} of level ${level}`,
        bytes: compressPayload(payload, level),
        read: (bytes) => decompressPayload(bytes, 2 ** 20),
        without: ["offset", "path"],
      }),
    ),
  );
}

/** Repairs the hash of the first definition in some of the messages, as a hostile sender can. */
export function sealed(targets: readonly Target[]): Target[] {
  return targets
    .filter(({ bytes }, i) => {
      return i % 8 === 0 && bytes.length < mostBytes && definitionOf(bytes) !== undefined;
    })
    .map((target) => ({
      ...target,
      name: `definition of ${target.name}`,
      read: (bytes) => target.read(resealed(bytes)),
    }));
}

function resealed(bytes: Uint8Array): Uint8Array {
  const found = definitionOf(bytes);
  if (found === undefined) return bytes;
  const out = bytes.slice();
  const low = out[found.start] as number;
  const header = hashOf(out.subarray(found.body, found.end), low) | BigInt(low);
  new DataView(out.buffer).setBigUint64(found.start, header, true);
  return out;
}

/** Returns the position of the root type's definition, or undefined for messages without one. */
function definitionOf(
  bytes: Uint8Array,
): { readonly start: number; readonly body: number; readonly end: number } | undefined {
  if (bytes[0] !== 1 || (bytes[2] !== 30 && bytes[2] !== 28) || bytes[3] !== 0) return undefined;
  let size = bytes[4] ?? 0;
  let body = 12;
  if (size === 255) {
    // sizes beyond 255 add a varuint of up to two bytes
    const first = bytes[body++] ?? 0;
    size += first < 0x80 ? first : (first & 0x7f) | ((bytes[body++] ?? 0) << 7);
  }
  const end = body + size;
  return size > 0 && end <= bytes.length ? { start: 4, body, end } : undefined;
}
