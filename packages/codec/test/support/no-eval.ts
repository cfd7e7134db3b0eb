import { z } from "zod";
import { createCodec, wireType } from "../../src/index.ts";

/** A program that runs under a flag that forbids generated code. It prints the results as JSON. */
const Sample = wireType("noeval/Sample", { x: z.number(), tags: z.array(z.string()) });
const codec = createCodec();
const encoded = codec.encode(Sample, { x: 1.5, tags: ["a"] });
let forced = "";
try {
  createCodec({ engine: "generated" });
} catch (reason) {
  forced = reason instanceof Error ? reason.message : "";
}
console.log(
  JSON.stringify({
    decoded: codec.decode(Sample, encoded),
    hex: Buffer.from(encoded).toString("hex"),
    forced,
  }),
);
