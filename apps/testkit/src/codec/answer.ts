import { type Codec, CodecError, createCodec } from "@aster/codec";
import { DeclaredTypes } from "./declared-types.ts";
import { NotationError, type TypeText } from "./notation.ts";
import { type CodecRequest, codecRequest } from "./request.ts";
import { ValuePrinter } from "./value-printer.ts";
import { ValueReader } from "./value-reader.ts";

/** The answer that the `codec` command prints for one line. */
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

/**
 * Encodes or decodes as a line requests. Errors in the line or in its bytes are part of the answer.
 */
export function codecAnswer(line: unknown): CodecAnswer {
  try {
    const request = codecRequest(line);
    const types = new DeclaredTypes(request.types, { refs: request.ref, root: request.root });
    const codec = codecOf(request, types);
    return request.op === "encode"
      ? { hex: encode(request, types, codec) }
      : { value: decode(request, types, codec) };
  } catch (error) {
    return { error: errorOf(error) };
  }
}

function codecOf(
  { op, profile, compatible, ref, engine }: CodecRequest,
  types: DeclaredTypes,
): Codec {
  if (op === "encode" && profile === "A" && compatible) {
    throw new NotationError("unsupported", "profile A is not written with definitions");
  }
  return createCodec({
    engine,
    profile,
    ...(profile === "B" && { compatible }),
    refs: ref,
    ids: true,
    scope: types.scope,
  });
}

function encode({ root, value }: CodecRequest, types: DeclaredTypes, codec: Codec): string {
  const name = root === "any" ? structOfValue(value) : undefined;
  const type: TypeText = name === undefined ? root : { type: name };
  const encoded = codec.encode(types.schema(type), new ValueReader(types).read(value, type));
  return Buffer.from(encoded).toString("hex");
}

function decode({ root, hex }: CodecRequest, types: DeclaredTypes, codec: Codec): unknown {
  const value = codec.decode(types.schema(root), new Uint8Array(Buffer.from(hex, "hex")));
  return new ValuePrinter(types).print(value, root);
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
