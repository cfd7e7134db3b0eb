import type { CommandSpec, GroupSpec } from "../command/spec.ts";
import { bench } from "./bench.ts";
import { blob } from "./blob.ts";
import { call } from "./call.ts";
import { completion } from "./completion.ts";
import { config } from "./config.ts";
import { consoleSpec } from "./console.ts";
import { contract } from "./contract.ts";
import { doctor } from "./doctor.ts";
import { enroll } from "./enroll.ts";
import { init } from "./init.ts";
import { keygen } from "./keygen.ts";
import { mcp } from "./mcp.ts";
import { profile } from "./profile.ts";
import { registry } from "./registry.ts";
import { relay } from "./relay.ts";
import { service } from "./service.ts";
import { shell } from "./shell.ts";
import { trust } from "./trust.ts";

/** The commands of `aster`, in the order of the help. */
export const commands: readonly (CommandSpec | GroupSpec)[] = [
  init,
  call,
  service,
  contract,
  shell,
  mcp,
  consoleSpec,
  profile,
  keygen,
  trust,
  enroll,
  registry,
  blob,
  relay,
  config,
  bench,
  doctor,
  completion,
];
