import { ExitCode } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { type Check, checksOf } from "../../doctor/checks.ts";
import { peerOptionsOf } from "../../peer/options.ts";

export const doctor: Run = async (context, { args: [address], options }) => {
  const checks: Check[] = [];
  for (const check of checksOf(context, address, peerOptionsOf(options)))
    checks.push(await check());
  context.result({ checks }, (style) =>
    checks
      .map(({ name, ok, detail, hint }) => {
        const mark = ok ? style("green", "✓") : style("red", "✗");
        return `${mark} ${name}: ${detail}${hint === "" ? "" : `; ${hint}`}`;
      })
      .join("\n"),
  );
  return checks.every(({ ok }) => ok) ? 0 : ExitCode.FAILED;
};
