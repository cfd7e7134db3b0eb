import { nativeCodec } from "../../src/native/index.ts";

/** Run by itself, under a flag that forbids generated code; says what happened as JSON. */
const codec = nativeCodec();
const list = Array.from({ length: 100 }, (_, i) => ({ x: i, label: `point ${i}` }));
console.log(JSON.stringify(codec.decode(codec.encode(list))));
