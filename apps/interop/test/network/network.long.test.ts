// The rows of network.test.ts in full, measured, and those that take too long for it.
import { it } from "vitest";
import { halfOpen } from "./rows/half-open.ts";
import { lossy } from "./rows/lossy.ts";
import { moved } from "./rows/moved.ts";
import { fatalOutage, survivedOutage } from "./rows/outage.ts";
import { unreachable } from "./rows/unreachable.ts";
import { networkSuite } from "./support/network-suite.ts";

const IDLE_MS = 30_000;

function measured(row: string, figures: unknown): void {
  console.log(`${row}: ${JSON.stringify(figures)}`);
}

networkSuite("networks", { timeoutMs: 1_800_000, concurrent: false }, () => {
  it("N1: 50 ms and 5 % of loss", async () => {
    const shape = { delayMs: 25, loss: 0.05 };
    measured("N1", await lossy({ shape, calls: 500, p99Ms: 1_500, maxMs: 5_000 }));
  });

  for (const kind of ["unplugged", "cut"] as const) {
    for (const outageMs of [5_000, 20_000]) {
      it(`N4: ${kind} for ${outageMs} ms`, async () => {
        measured("N4", {
          kind,
          outageMs,
          ms: await survivedOutage({ idleMs: IDLE_MS, outageMs, kind }),
        });
      });
    }

    it(`N4: ${kind} for longer than the idle timeout`, async () => {
      await fatalOutage({ idleMs: IDLE_MS, outageMs: 40_000, kind });
    });
  }

  for (const dead of ["up", "down"] as const) {
    it(`N5: nothing passes ${dead}`, async () => {
      measured("N5", { dead, ...(await halfOpen(dead, IDLE_MS, true)) });
    });
  }

  it("N9: a NAT forgets its ports", async () => {
    measured("N9", await moved("nat"));
  });

  it("N10: a peer that no packet gets to", async () => {
    measured("N10", await unreachable(20_000, 15_000));
  });
});
