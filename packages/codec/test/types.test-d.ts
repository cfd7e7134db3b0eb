import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { bytes, createCodec, int8, timestamp, type WireType, wireType } from "../src/index.ts";

const Point = wireType("types/Point", { x: z.number(), label: z.string().default("") });
const Tree = wireType("types/Tree", {
  value: z.int64(),
  get children() {
    return z.array(Tree);
  },
});
const All = wireType("types/All", {
  small: int8(),
  data: bytes(),
  at: timestamp(),
  maybe: z.string().optional(),
  none: z.string().nullable(),
  points: z.map(z.string(), Point),
});
const codec = createCodec();

test("values have the types of the schema", () => {
  expectTypeOf(codec.decode(Point, new Uint8Array())).toEqualTypeOf<{ x: number; label: string }>();
  expectTypeOf(codec.type(Point).encode)
    .parameter(0)
    .toEqualTypeOf<{ x: number; label?: string | undefined }>();
  expectTypeOf(codec.type(All).decode(new Uint8Array()).data).toEqualTypeOf<Uint8Array>();
  expectTypeOf(codec.type(All).decode(new Uint8Array()).at).toEqualTypeOf<bigint>();
  expectTypeOf(codec.type(All).decode(new Uint8Array()).small).toEqualTypeOf<number>();
  expectTypeOf(codec.type(All).decode(new Uint8Array()).none).toEqualTypeOf<string | null>();
});

test("recursive types keep their inference", () => {
  const tree = codec.decode(Tree, new Uint8Array());
  expectTypeOf(tree.value).toEqualTypeOf<bigint>();
  expectTypeOf(tree.children[0]?.children[0]?.value).toEqualTypeOf<bigint | undefined>();
});

test("only schemas are taken", () => {
  expectTypeOf(Point).toExtend<WireType>();
  expectTypeOf<z.output<WireType<{ x: number }>>>().toExtend<{ x: number }>();
  expectTypeOf(Point).toExtend<WireType<{ x: number }>>();
  expectTypeOf(Point).not.toExtend<WireType<{ x: string }>>();
  // @ts-expect-error a string is no schema
  codec.type("");
  // @ts-expect-error a field of another type
  codec.encode(Point, { x: "1" });
});
