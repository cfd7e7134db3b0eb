// What networks do to calls, between two network namespaces (docs/reliability.md); network.long.test.ts has the full times.
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
  it("N4: an outage of the link is survived", async () => {
    await survivedOutage({ idleMs: 2 * IDLE_MS, outageMs: 2_000, kind: "unplugged" });
  });

  it("N4: an outage beyond the idle timeout ends everything, once on both sides", async () => {
    await fatalOutage({ idleMs: IDLE_MS, outageMs: 8_000, kind: "unplugged" });
  });

  it("N5: both sides notice that nothing gets to the server", async () => {
    await halfOpen({ dead: "up", idleMs: IDLE_MS, slackMs: SLACK_MS });
  });

  it("N5: both sides notice that nothing comes from the server", async () => {
    await halfOpen({ dead: "down", idleMs: IDLE_MS, slackMs: SLACK_MS });
  });

  it("N9: a NAT forgets its ports", async () => {
    await moved("nat", 5_000);
  });

  it("N10: a peer that no packet gets to is given up in time, and idly", async () => {
    await unreachable(4_000, 2_000);
  });

  it("N6: a client moves to another address", async () => {
    await moved("client", 10_000);
  });

  it("N7: an answer that is too long for the wire ends at the deadline", async () => {
    await slowAnswer(256, 600_000, 4_000);
  });

  it("N8: long packets are lost in silence, or not allowed", async () => {
    await narrow(500_000);
  });

  it("N11: garbage and spoiled first packets", async () => {
    await garbage(10_000);
  });

  it("N12: dials that are never finished", async () => {
    await halfDials(500);
  });

  it("N1: 50 ms and 5 % of loss", async () => {
    const shape = { delayMs: 25, loss: 0.05 };
    await lossy({ shape, calls: 500, concurrency: 20, p99Ms: 1_500, maxMs: 5_000 });
  });
});
