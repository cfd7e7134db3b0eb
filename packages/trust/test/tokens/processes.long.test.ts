import { test } from "vitest";
import { useTokensAcrossKills } from "./support/kills.ts";

test("no token is accepted twice across 100 kills of the process", async () => {
  await useTokensAcrossKills(100);
});
