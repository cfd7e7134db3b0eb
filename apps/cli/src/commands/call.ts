import type { CommandSpec } from "../command/spec.ts";
import { contractSpec, peerOptionSpecs } from "../peer/option-specs.ts";

export const call: CommandSpec = {
  name: "call",
  summary: "Call a method, or methods in a session",
  details:
    "Requests and replies are JSON with the names of the wire. Streams print a reply a line, and read requests " +
    "from stdin, one a line, when JSON is -. With --session, stdin has a line for each call: " +
    '{"method":M,"request":{…}}; streams of requests take a list, or {"method":M}, then {"item":…} lines and {"end":true}.',
  args: [
    {
      name: "<address>",
      text: "an aster1… ticket, a base64 node address, an endpoint id, or a registry: NAMESPACE@ADDRESS",
    },
    { name: "<method>", text: "SERVICE.METHOD; SERVICE with --session" },
    { name: "[json]", text: "the request; - reads it from stdin (default: {})" },
  ],
  options: [
    { flags: "--session", text: "open a session with a session-scoped service" },
    { flags: "-m, --metadata <name=value>", text: "metadata of the calls", repeats: true },
    {
      flags: "--mode <mode>",
      text: "the serialization (default: json)",
      choices: ["json", "xlang", "xlang1", "native", "row"],
    },
    contractSpec,
    {
      flags: "--pattern <pattern>",
      text: "the pattern of a method that is not described (default: unary)",
      choices: ["unary", "server_stream", "client_stream", "bidi_stream"],
    },
    ...peerOptionSpecs,
  ],
  examples: [
    `aster call $ADDRESS Greeter.sayHello '{"name":"Ada"}'`,
    `aster call $ADDRESS Greeter.countdown '{"start":3}' --json`,
    `printf '{"left":1}\\n{"left":2}\\n' | aster call $ADDRESS Greeter.add -`,
    `echo '{"method":"add","request":{"left":1}}' | aster call $ADDRESS Counter --session`,
    `aster call $NAMESPACE@$ADDRESS Greeter.sayHello '{"name":"Ada"}'`,
  ],
  load: async () => (await import("./call/call.ts")).call,
};
