// The strict form of beside-bulk.test.ts, measured.
import { it } from "vitest";
import { networkSuite } from "../network/support/network-suite.ts";
import { besideBulk } from "./support/beside-bulk.ts";

networkSuite("a connection with loss", { timeoutMs: 1_800_000, concurrent: false }, () => {
  it("answers 99 % of small calls beside a large stream within twice the time", async () => {
    const figures = await besideBulk({ calls: 1_000, share: 0.99, factor: 2 });
    console.log(`beside a large stream: ${JSON.stringify(figures)}`);
  });
});
