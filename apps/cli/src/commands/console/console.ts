import { once } from "node:events";
import type { WebSocket } from "ws";
import manifest from "../../../package.json" with { type: "json" };
import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { ConsolePage } from "../../console/console-page.ts";
import { ConsolePeers } from "../../console/console-peers.ts";
import { serveConsole } from "../../console/console-server.ts";
import { MetricsSource } from "../../console/metrics-source.ts";
import { openBrowser } from "../../console/open-browser.ts";
import { pageFiles } from "../../console/page-files.ts";
import { peerOptionsOf } from "../../peer/options.ts";

const LARGEST_PORT = 65_535;
/** The options of `aster call` that reach the same peer. */
const CALL_OPTIONS = ["credential", "rcan", "identity", "peer", "contract"];

export const consoleCommand: Run = async (context, { args: [address], options }) => {
  const { host } = context;
  const text = options as Readonly<Record<string, string | undefined>>;
  const port = portOf(text.port ?? "0");
  using metrics = text.metrics === undefined ? undefined : new MetricsSource(text.metrics);
  const files = await pageFiles();
  await using peers = new ConsolePeers(context, peerOptionsOf(options));
  // a peer that cannot be reached ends the command
  if (address !== undefined) await peers.client(address);
  const surroundings = { context, peers, contract: text.contract, metrics };
  const callOptions = CALL_OPTIONS.flatMap((name) =>
    text[name] === undefined ? [] : [`--${name}`, text[name]],
  );
  const onPage = (socket: WebSocket): void => {
    const page = new ConsolePage(surroundings, socket);
    const { version } = manifest;
    page.send({ type: "welcome", version, options: callOptions, metrics: metrics !== undefined });
    if (address === undefined) page.send({ type: "peer", peer: { state: "none" } });
    else void page.connect(address);
  };
  await using server = await serveConsole(port, files, onPage);
  context.result({ url: server.url }, server.url);
  if (options.open !== false && !context.json && host.stdout.isTTY === true) {
    openBrowser(server.url);
  }
  context.note("aster console: the link opens the console once; Ctrl-C ends it");
  if (!host.interrupted.aborted) await once(host.interrupted, "abort");
  return 0;
};

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= LARGEST_PORT) return Number(text);
  throw usageFailure(`--port takes an integer from 0 to ${LARGEST_PORT}, not "${text}"`);
}
