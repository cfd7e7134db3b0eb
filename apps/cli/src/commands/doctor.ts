import type { CommandSpec } from "../command/spec.ts";
import { peerOptionSpecs } from "../peer/option-specs.ts";

export const doctor: CommandSpec = {
  name: "doctor",
  summary: "Check this machine, and the way to a peer",
  details: "Exit code 1 if a check fails.",
  args: [{ name: "[address]", text: "a peer to connect to" }],
  options: peerOptionSpecs,
  examples: ["aster doctor --relay disabled", "aster doctor $ADDRESS --relay disabled"],
  load: async () => (await import("./doctor/doctor.ts")).doctor,
};
