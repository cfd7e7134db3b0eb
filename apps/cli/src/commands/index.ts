import type { CommandSpec, GroupSpec } from "../command/spec.ts";
import { enroll } from "./enroll.ts";
import { keygen } from "./keygen.ts";
import { profile } from "./profile.ts";
import { trust } from "./trust.ts";

/** The commands of `aster`, in the order of the help. */
export const commands: readonly (CommandSpec | GroupSpec)[] = [profile, keygen, enroll, trust];
