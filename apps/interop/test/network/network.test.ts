import { describe, expect, it } from "vitest";
import { halfOpen } from "./rows/half-open.ts";
import { lossy } from "./rows/lossy.ts";
import { moved } from "./rows/moved.ts";
import { fatalOutage, survivedOutage } from "./rows/outage.ts";
import { unreachable } from "./rows/unreachable.ts";

describe.concurrent("try", () => {
  it("N1", async () => {
    console.log(
      "N1",
      await lossy({
        shape: { delayMs: 25, loss: 0.05 },
        calls: 500,
        concurrency: 20,
        maxMs: 5000,
        p99Ms: 1500,
        streamBytes: 500_000,
      }),
    );
  });
  it("N4a", async () => {
    console.log("N4", await survivedOutage({ idleMs: 8000, outageMs: 3000, kind: "unplugged" }));
  });
  it("N4b", async () => {
    console.log("N4", await survivedOutage({ idleMs: 8000, outageMs: 3000, kind: "cut" }));
  });
  it("N4c", async () => {
    console.log("N4", await fatalOutage({ idleMs: 5000, outageMs: 10000, kind: "unplugged" }));
  });
  it("N5u", async () => {
    console.log("N5 up", await halfOpen("up", 5000));
  });
  it("N5d", async () => {
    console.log("N5 down", await halfOpen("down", 5000));
  });
  it("N6c", async () => {
    console.log("N6 c", await moved("client"));
  });
  it("N6s", async () => {
    console.log("N6 s", await moved("server"));
  });
  it("N9", async () => {
    console.log("N9", await moved("nat"));
  });
  it("N10", async () => {
    console.log("N10", await unreachable(20000));
  });
}, 120000);
