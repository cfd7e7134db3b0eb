import { mutations } from "./mutations.ts";

mutations(1_000_000);
