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
    const world = new World(request.types, { refs: request.ref });
    const codec = codecOf(request);
    return request.op === "encode"
      ? { hex: encode(request, world, codec) }
      : { value: decode(request, world, codec) };
  } catch (error) {
    return { error: errorOf(error) };
  }
}

function codecOf({ op, profile, compatible, ref, engine }: CodecRequest): Codec {
  const written = profile === "B" ? compatible : !compatible && !ref;
  if (op === "encode" && !written) {
    throw new NotationError(
      "unsupported",
      `profile ${profile} ${compatible ? "compatible" : "exact"} ${ref ? "with" : "without"} references is not written`,
    );
  }
  return createCodec({ engine, profile });
}

function encode({ root, value }: CodecRequest, world: World, codec: Codec): string {
  const name = structOf(root) ?? structOfValue(value);
  if (name === undefined) throw noStruct();
  const encoded = codec.encode(
    world.type(name),
    new ValueReader(world).read(value, { type: name }) as never,
  );
  return Buffer.from(encoded).toString("hex");
}

function decode({ root, hex }: CodecRequest, world: World, codec: Codec): unknown {
  const bytes = new Uint8Array(Buffer.from(hex, "hex"));
  const named = structOf(root);
  const names = named === undefined ? world.structs : [named];
  let failed: unknown = noStruct();
  // without a root the types are tried: those of another name are told by their error
  for (const name of names) {
    try {
      const value = codec.decode(world.type(name), bytes);
      return new ValuePrinter(world).print(value, { type: name });
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      if (!(failed instanceof CodecError) || error.code !== "mismatch") failed = error;
    }
  }
  throw failed;
}

function structOf(root: TypeText): string | undefined {
  return typeof root === "object" && "type" in root ? root.type : undefined;
}

function structOfValue(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { $struct, v } = value as { readonly $struct?: unknown; readonly v?: unknown };
  return typeof $struct === "string" ? $struct : structOfValue(v);
}

function noStruct(): NotationError {
  return new NotationError("unsupported", "messages whose root is no struct");
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
