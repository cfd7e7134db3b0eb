// Calls over faulty networks between two network namespaces: docs/reliability.md.
// network.long.test.ts has the full times.
import { it } from "vitest";
import { garbage } from "./rows/garbage.ts";
import { halfDials } from "./rows/half-dials.ts";
import { halfOpen } from "./rows/half-open.ts";
import { lossy } from "./rows/lossy.ts";
import { moved } from "./rows/moved.ts";
import { narrow } from "./rows/narrow.ts";
import { fatalOutage, survivedOutage } from "./rows/outage.ts";
import { slowAnswer } from "./rows/slow-answer.ts";
import { unreachable } from "./rows/unreachable.ts";
import { networkSuite } from "./support/network-suite.ts";

const IDLE_MS = 5_000;
const SLACK_MS = 2_000;

networkSuite("networks", { timeoutMs: 60_000, concurrent: true }, () => {
  it("N4: calls survive an outage of the link", async () => {
    await survivedOutage({ idleMs: 2 * IDLE_MS, outageMs: 2_000, kind: "unplugged" });
  });

  it("N4: an outage beyond the idle timeout ends all calls, once on both sides", async () => {
    await fatalOutage({ idleMs: IDLE_MS, outageMs: 8_000, kind: "unplugged" });
  });

  it("N5: both sides detect that no packets reach the server", async () => {
    await halfOpen({ dead: "up", idleMs: IDLE_MS, slackMs: SLACK_MS });
  });

  it("N5: both sides detect that no packets come from the server", async () => {
    await halfOpen({ dead: "down", idleMs: IDLE_MS, slackMs: SLACK_MS });
  });

  it("N9: calls survive a NAT that forgets its ports", async () => {
    await moved("nat", 5_000);
  });

  it("N10: the dial of an unreachable peer fails in time and uses little CPU time", async () => {
    await unreachable(4_000, 2_000);
  });

  it("N6: calls survive a client that moves to another address", async () => {
    await moved("client", 10_000);
  });

  it("N7: an answer that is too long for the wire ends at the deadline", async () => {
    await slowAnswer(256, 600_000, 4_000);
  });

  it("N8: calls survive dropped long packets and a small MTU", async () => {
    await narrow(500_000);
  });

  it("N11: the server survives garbage and corrupt first packets", async () => {
    await garbage(10_000);
  });

  it("N12: dials that never finish do not delay others", async () => {
    await halfDials(500);
  });

  it("N1: calls survive 50 ms of delay and 5 % of loss", async () => {
    const shape = { delayMs: 25, loss: 0.05 };
    await lossy({ shape, calls: 500, concurrency: 20, p99Ms: 1_500, maxMs: 5_000 });
  });
});
