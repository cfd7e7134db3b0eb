import { join } from "node:path";
import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { configOf } from "../../peer/config.ts";
import { peerOptionsOf } from "../../peer/options.ts";
import { completionsOf } from "../../shell/completions.ts";
import { ShellHistory } from "../../shell/history.ts";
import { pipedLines } from "../../shell/piped-lines.ts";
import { Shell } from "../../shell/shell.ts";
import { ShellPeer } from "../../shell/shell-peer.ts";
import { terminalLines } from "../../shell/terminal-lines.ts";

export const shell: Run = async (context, { args: [given], options }) => {
  const { host } = context;
  const address = given ?? configOf(context).get("endpointAddr");
  if (address === undefined) {
    throw usageFailure("the shell needs a peer", "name its address, or set ASTER_ENDPOINT_ADDR");
  }
  const contract = options.contract as string | undefined;
  await using peer = await ShellPeer.open(context, address, peerOptionsOf(options), contract);
  // the completion and Ctrl-C act on the shell that reads the lines
  let running: Shell | undefined;
  await using lines =
    host.stdin.isTTY === true
      ? await terminalLines({
          host,
          history: new ShellHistory(join(context.home, "shell_history")),
          complete: async (line) =>
            running === undefined ? [[], line] : await completionsOf(running, line),
          onInterrupt: () => running?.interrupt(),
        })
      : pipedLines(host);
  if (lines.interactive) {
    const names = [...peer.offers.keys()].join(", ") || "none";
    context.note(`connected to ${peer.client.peer}; services: ${names}; help lists the commands`);
  }
  running = new Shell({ context, peer, lines });
  return await running.run();
};
