import type { GroupSpec } from "../command/spec.ts";
import { contractSpec, peerOptionSpecs } from "../peer/option-specs.ts";
import { call } from "./call.ts";

const address = {
  name: "<address>",
  text: "an aster1… ticket, a base64 node address, an endpoint id, or a registry: NAMESPACE@ADDRESS",
};

export const service: GroupSpec = {
  name: "service",
  summary: "The services that a peer offers",
  commands: [
    {
      name: "ls",
      summary: "List the services of a peer or registry",
      args: [address],
      options: peerOptionSpecs,
      examples: ["aster service ls $ADDRESS"],
      load: async () => (await import("./service/ls.ts")).ls,
    },
    {
      name: "describe",
      summary: "Show a service with its methods and fields",
      args: [address, { name: "<service>", text: "the name of the service" }],
      options: [contractSpec, ...peerOptionSpecs],
      examples: [
        "aster service describe $ADDRESS Greeter",
        "aster service describe $NAMESPACE@$ADDRESS Greeter",
      ],
      load: async () => (await import("./service/describe.ts")).describe,
    },
    { ...call, name: "invoke", examples: ["aster service invoke $ADDRESS Greeter.sayHello"] },
  ],
};
