// For tests: a connected server and client, faults between them, and a fake clock. `fakeClock`
// tests deadlines; calls go on under the fake timers of a test runner.

export type { FakeClock, FakeClockOptions } from "./testing/fake-clock.ts";
export { fakeClock } from "./testing/fake-clock.ts";
export type { Fault, FaultAction, FaultDirection, InjectedFault } from "./testing/fault.ts";
export type { Faults, FaultsOptions } from "./testing/faults.ts";
export { faults } from "./testing/faults.ts";
export type { ServicePair, ServicePairOptions } from "./testing/service-pair.ts";
export { servicePair } from "./testing/service-pair.ts";
export type { ConnectionWrap } from "./testing/wrap-node.ts";
export { wrapNode } from "./testing/wrap-node.ts";
export { WrappedChannel } from "./testing/wrapped-channel.ts";
export { WrappedConnection } from "./testing/wrapped-connection.ts";
