import { mutations } from "./mutations.ts";

mutations(5000);
