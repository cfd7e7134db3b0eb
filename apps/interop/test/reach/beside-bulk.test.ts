// Small calls beside a stream of large items, over a wire with loss: docs/reliability.md.
// beside-bulk.long.test.ts has the strict bound.
import { it } from "vitest";
import { networkSuite } from "../network/support/network-suite.ts";
import { besideBulk } from "./support/beside-bulk.ts";

networkSuite("a connection with loss", { timeoutMs: 240_000, concurrent: false }, () => {
  it("answers small calls beside a large stream", async () => {
    await besideBulk({ calls: 100, share: 0.9, factor: 10 });
  });
});
