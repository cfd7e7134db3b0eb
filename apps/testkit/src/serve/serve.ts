import { readFile } from "node:fs/promises";
import { AsterServer, implement } from "@aster/rpc";
import { parseAddress } from "@aster/transport";
import { emit, onJsonLine } from "../json-lines.ts";
import { secretKeyIn } from "../key-file.ts";
import { Counter } from "../services/counter.ts";
import { counterHandlers } from "../services/counter-handlers.ts";
import { Testkit } from "../services/testkit.ts";
import { testkitHandlers } from "../services/testkit-handlers.ts";
import { replaceFile } from "../trust/replace-file.ts";
import { type RegistryServeOptions, serveOptions } from "./serve-options.ts";
import { serverTrust } from "./serve-trust.ts";
import { admissionEvent, deniedEvent } from "./trust-events.ts";

/**
 * The `serve` command: hosts Testkit and Counter until a signal or a line on stdin drains the
 * server. Returns the exit code.
 */
export async function serve(args: readonly string[]): Promise<number> {
  const { bind, keyFile, limits, idleMs, registry, ...trust } = serveOptions(args);
  const handlers = testkitHandlers((method) => emit({ event: "aborted", method }));
  const gate = await serverTrust(trust);
  const server = await AsterServer.start({
    services: [
      implement(Testkit, handlers),
      implement(Counter, (peer) =>
        counterHandlers(peer, (session) => emit({ event: "sessionClosed", ...session })),
      ),
    ],
    ...gate,
    ...(registry === undefined ? {} : { registry: await registryOf(registry) }),
    network: "none",
    limits,
    secretKey: keyFile === undefined ? undefined : await secretKeyIn(keyFile),
    bindAddress: bind,
    ...(idleMs === undefined ? {} : { node: { idleTimeoutMs: idleMs } }),
    onAdmission: (outcome) => emit(admissionEvent(outcome)),
    onDenied: (denial) => emit(deniedEvent(denial)),
    onError: ({ errorId, cause }) => process.stderr.write(`${errorId}: ${String(cause)}\n`),
  });
  const { endpointId, address, endpointAddrB64, contracts } = server;
  const drain = () => void server.drain();
  process.once("SIGTERM", drain);
  process.once("SIGINT", drain);
  onJsonLine(process.stdin, (value) => {
    const { cmd, collect } = value as { readonly cmd?: unknown; readonly collect?: unknown };
    if (cmd === "drain") drain();
    else if (cmd === "stats") {
      if (collect === true) globalThis.gc?.();
      emit({ stats: statsOf(server) });
    } else
      process.stderr.write('testkit: unknown command; use {"cmd":"stats"} or {"cmd":"drain"}\n');
  });
  if (registry?.ticketFile !== undefined) {
    await replaceFile(registry.ticketFile, await server.registry.writerTicket(), 0o600);
  }
  emit({
    ready: true,
    id: endpointId,
    address,
    addrB64: endpointAddrB64,
    port: portOf(address),
    pid: process.pid,
    contracts,
    ...(registry === undefined ? {} : { registry: placeOf(server.registry) }),
  });
  await server.serve();
  process.stdin.destroy();
  return 0;
}

async function registryOf({ store, join, channels, leaseMs }: RegistryServeOptions) {
  return {
    storage: store,
    join: join === undefined ? undefined : (await readFile(join, "utf8")).trim(),
    channels,
    leaseMs,
  };
}

function placeOf({ namespace, author, address }: AsterServer["registry"]) {
  return { namespace, author, address };
}

function portOf(address: string): number {
  const [first = ""] = parseAddress(address).directAddresses;
  return Number(first.slice(first.lastIndexOf(":") + 1));
}

function statsOf(server: AsterServer) {
  const { connections, channels, sessions, calls, queuedBytes, nativeHandles } = server.stats();
  return {
    connections,
    streams: channels,
    sessions,
    inflight: calls,
    queuedBytes,
    nativeHandles,
    rssBytes: process.memoryUsage.rss(),
  };
}
