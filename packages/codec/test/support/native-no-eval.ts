import { nativeCodec } from "../../src/native/index.ts";

/** A program that runs under a flag that forbids generated code. It prints the results as JSON. */
const codec = nativeCodec();
const list = Array.from({ length: 100 }, (_, i) => ({ x: i, label: `point ${i}` }));
console.log(JSON.stringify(codec.decode(codec.encode(list))));
