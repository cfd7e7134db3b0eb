import fc from "fast-check";

// one seed for all attempts, so that a repeated test has the same inputs
fc.configureGlobal({ seed: Number(process.env.ASTER_FUZZ_SEED ?? Date.now() % 2 ** 32) });

export default fc;
