import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  bytes,
  createCodec,
  int8,
  timestamp,
  type WireType,
  wireType,
  wireUnion,
} from "../../src/index.ts";

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

test("only schemas are accepted", () => {
  expectTypeOf(Point).toExtend<WireType>();
  expectTypeOf<z.output<WireType<{ x: number }>>>().toExtend<{ x: number }>();
  expectTypeOf(Point).toExtend<WireType<{ x: number }>>();
  expectTypeOf(Point).not.toExtend<WireType<{ x: string }>>();
  // @ts-expect-error a string is not a schema
  codec.type("");
  // @ts-expect-error a field of another type
  codec.encode(Point, { x: "1" });
});

test("a union of numbered cases has one type for each", () => {
  const Contact = wireUnion("types/Contact", { 0: z.string(), 7: Point, 8: z.int().optional() });
  type Out = z.output<typeof Contact>;
  expectTypeOf<Extract<Out, { case: 0 }>["value"]>().toEqualTypeOf<string>();
  expectTypeOf<Extract<Out, { case: 7 }>["value"]>().toEqualTypeOf<{ x: number; label: string }>();
  expectTypeOf<Out["case"]>().toEqualTypeOf<0 | 7 | 8>();
  expectTypeOf(codec.decode(Contact, new Uint8Array())).toEqualTypeOf<Out>();
  codec.encode(Contact, { case: 7, value: { x: 1 } });
  // @ts-expect-error the value of another case
  codec.encode(Contact, { case: 0, value: { x: 1 } });
  // @ts-expect-error no such case
  codec.encode(Contact, { case: 3, value: "" });
});
