import { type Codec, CodecError, createCodec } from "@aster/codec";
import { NotationError, type TypeText } from "./notation.ts";
import { type CodecRequest, codecRequest } from "./request.ts";
import { ValuePrinter } from "./value-printer.ts";
import { ValueReader } from "./value-reader.ts";
import { World } from "./world.ts";

/** What the `codec` command prints for one line. */
export type CodecAnswer =
  | { readonly hex: string }
  | { readonly value: unknown }
  | {
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly offset?: number;
        readonly path?: string;
      };
    };

/** Encodes or decodes as a line asks. Whatever is wrong, with the line or with its bytes, is in the answer. */
export function codecAnswer(line: unknown): CodecAnswer {
  try {
    const request = codecRequest(line);
    const world = new World(request.types, { refs: request.ref, root: request.root });
    const codec = codecOf(request, world);
    return request.op === "encode"
      ? { hex: encode(request, world, codec) }
      : { value: decode(request, world, codec) };
  } catch (error) {
    return { error: errorOf(error) };
  }
}

function codecOf({ op, profile, compatible, ref, engine }: CodecRequest, world: World): Codec {
  if (op === "encode" && profile === "A" && compatible) {
    throw new NotationError("unsupported", "profile A is not written with definitions");
  }
  return createCodec({
    engine,
    profile,
    ...(profile === "B" && { compatible }),
    refs: ref,
    ids: true,
    scope: world.scope,
  });
}

function encode({ root, value }: CodecRequest, world: World, codec: Codec): string {
  const name = root === "any" ? structOfValue(value) : undefined;
  const type: TypeText = name === undefined ? root : { type: name };
  const encoded = codec.encode(world.schema(type), new ValueReader(world).read(value, type));
  return Buffer.from(encoded).toString("hex");
}

function decode({ root, hex }: CodecRequest, world: World, codec: Codec): unknown {
  const value = codec.decode(world.schema(root), new Uint8Array(Buffer.from(hex, "hex")));
  return new ValuePrinter(world).print(value, root);
}

function structOfValue(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { $struct, v } = value as { readonly $struct?: unknown; readonly v?: unknown };
  return typeof $struct === "string" ? $struct : structOfValue(v);
}

function errorOf(error: unknown): Extract<CodecAnswer, { error: unknown }>["error"] {
  if (!(error instanceof CodecError)) {
    const code = error instanceof NotationError ? error.code : "notation";
    return { code, message: error instanceof Error ? error.message : String(error) };
  }
  const { code, message, offset, path } = error;
  return {
    code,
    message,
    ...(offset !== undefined && { offset }),
    ...(path !== undefined && { path }),
  };
}
