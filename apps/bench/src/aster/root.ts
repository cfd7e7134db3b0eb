import { rootKeypairOf } from "@aster/trust";

/** The root key of the benchmark, which both of its processes know. */
export const root = rootKeypairOf(new Uint8Array(32).fill(7));
