// The rows of network.test.ts with their full times, measured, and rows that take too long for it.
import { it } from "vitest";
import { garbage } from "./rows/garbage.ts";
import { halfDials } from "./rows/half-dials.ts";
import { halfOpen } from "./rows/half-open.ts";
import { lossy } from "./rows/lossy.ts";
import { moved, serverMoved } from "./rows/moved.ts";
import { narrow } from "./rows/narrow.ts";
import { fatalOutage, survivedOutage } from "./rows/outage.ts";
import { sameKey } from "./rows/same-key.ts";
import { slowAnswer } from "./rows/slow-answer.ts";
import { unreachable } from "./rows/unreachable.ts";
import { networkSuite } from "./support/network-suite.ts";

const IDLE_MS = 30_000;

function measured(row: string, figures: unknown): void {
  console.log(`${row}: ${JSON.stringify(figures)}`);
}

networkSuite("networks", { timeoutMs: 1_800_000, concurrent: false }, () => {
  it("N1: calls survive 50 ms of delay and 5 % of loss", async () => {
    const shape = { delayMs: 25, loss: 0.05 };
    measured("N1", await lossy({ shape, calls: 500, p99Ms: 1_500, maxMs: 5_000 }));
  });

  for (const kind of ["unplugged", "cut"] as const) {
    for (const outageMs of [5_000, 20_000]) {
      it(`N4: calls survive a link that is ${kind} for ${outageMs} ms`, async () => {
        measured("N4", {
          kind,
          outageMs,
          ms: await survivedOutage({ idleMs: IDLE_MS, outageMs, kind }),
        });
      });
    }

    it(`N4: all calls end when the link is ${kind} for longer than the idle timeout`, async () => {
      await fatalOutage({ idleMs: IDLE_MS, outageMs: 40_000, kind });
    });
  }

  for (const dead of ["up", "down"] as const) {
    it(`N5: both sides detect that no packets pass ${dead}`, async () => {
      measured("N5", { dead, ...(await halfOpen({ dead, idleMs: IDLE_MS, oneWay: true })) });
    });
  }

  it("N9: calls survive a NAT that forgets its ports", async () => {
    measured("N9", await moved("nat"));
  });

  it("N10: the dial of an unreachable peer fails in time", async () => {
    measured("N10", await unreachable(20_000, 15_000));
  });

  it("N6: calls survive a client that moves to another address", async () => {
    for (let round = 0; round < 3; round += 1) measured("N6", await moved("client"));
  });

  for (const bothMs of [0, 5_000]) {
    it(`N6: calls survive or fail when the server moves after having both addresses for ${bothMs} ms`, async () => {
      measured("N6 server", { bothMs, ...(await serverMoved(bothMs)) });
    });
  }

  it("N7: an answer that is too long for the wire ends at the deadline", async () => {
    measured("N7", await slowAnswer(256, 5_000_000, 60_000));
  });

  it("N8: calls survive dropped long packets and a small MTU", async () => {
    measured("N8", await narrow(10_000_000));
  });

  it("N11: the server survives garbage and corrupt first packets", async () => {
    measured("N11", await garbage(100_000));
  });

  it("N12: dials that never finish do not delay others", async () => {
    measured("N12", await halfDials(2_000));
  });

  it("N13: two servers with one key answer their own clients", async () => {
    await sameKey();
  });

  it("N2: calls survive 200 ms ± 20, 20 % of loss each way, duplicates, reordering and wrong bits", async () => {
    const shape = {
      delayMs: 100,
      jitterMs: 10,
      loss: 0.2,
      duplicate: 0.05,
      reorder: 0.05,
      corrupt: 0.01,
    };
    measured("N2", await lossy({ shape, calls: 50, maxMs: 15_000, streamBytes: 2_000_000 }));
  });

  /** Level, round trip in ms, loss, kbit/s. The time limit is 20 s and 10 s per level. */
  const ladder = [
    [0, 16, 0.001, 100_000],
    [3, 90, 0.02, 8_000],
    [6, 600, 0.015, 2_000],
  ] as const;
  for (const [level, roundTripMs, loss, kbitPerS] of ladder) {
    it(`N3: a stream arrives on rung ${level}`, async () => {
      const shape = { delayMs: roundTripMs / 2, loss, kbitPerS };
      const streamMs = 20_000 + 10_000 * level;
      const row = { shape, calls: 10, maxMs: 15_000, streamBytes: 1_000_000, streamMs };
      measured(`N3 rung ${level}`, await lossy(row));
    });
  }
});
