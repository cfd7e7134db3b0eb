import type { CommandSpec } from "../command/spec.ts";
import { contractSpec, peerOptionSpecs } from "../peer/option-specs.ts";

export const bench: CommandSpec = {
  name: "bench",
  summary: "Measure the calls of a method",
  details:
    "A unary method is called with 1, 16 and 64 calls at a time. Of a server stream, the messages per second are " +
    "measured. The calls reach the handler: choose a method that may run often.",
  args: [
    {
      name: "<address>",
      text: "an aster1… ticket, a base64 node address, an endpoint id, or a registry: NAMESPACE@ADDRESS",
    },
    { name: "<method>", text: "SERVICE.METHOD, unary or a server stream" },
    { name: "[json]", text: "the request (default: {})" },
  ],
  options: [
    { flags: "--seconds <seconds>", text: "the time of each measurement", default: "2" },
    {
      flags: "--mode <mode>",
      text: "the serialization (default: json)",
      choices: ["json", "xlang", "xlang1", "native", "row"],
    },
    contractSpec,
    ...peerOptionSpecs,
  ],
  examples: ["aster bench $ADDRESS Greeter.sayHello --seconds 0.2 --mode xlang"],
  load: async () => (await import("./bench/bench.ts")).bench,
};
