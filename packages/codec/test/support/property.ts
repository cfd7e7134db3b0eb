import fc from "fast-check";
import { fuzzSeed } from "./fuzz.ts";

// one seed for all attempts, so that a repeated test has the same inputs
fc.configureGlobal({ seed: fuzzSeed });

export default fc;
