// The services of the testkit, for programs and tests that host or call them.
export { secretKeyIn } from "./key-file.ts";
export { Counter } from "./services/counter.ts";
export { type ClosedCounter, counterHandlers } from "./services/counter-handlers.ts";
export { messageFrom } from "./services/json-message.ts";
export { Testkit } from "./services/testkit.ts";
export { testkitHandlers } from "./services/testkit-handlers.ts";
export { EchoReply, EchoRequest, Point } from "./services/testkit-messages.ts";
