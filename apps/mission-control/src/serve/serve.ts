import { createInterface } from "node:readline";
import { AsterServer, type AsterServerOptions, implement, openGate } from "@aster/rpc";
import { readIdentity, readRootPubkey } from "@aster/trust/files";
import { AgentSessionHandlers } from "../services/agent-session.ts";
import { missionControlServices } from "../services/definitions.ts";
import { MissionControlHandlers } from "../services/mission-control.ts";
import { emit } from "./emit.ts";
import { admissionEvent, deniedEvent } from "./events.ts";
import { type ServeOptions, serveOptions } from "./serve-options.ts";

/** In dev mode anyone who can dial may run commands, so only this machine can. */
const DEV_BIND = "127.0.0.1:0";

/**
 * The `serve` command: hosts the services until SIGTERM or SIGINT drains the server. Stdout carries
 * lines of JSON. Returns the exit code.
 */
export async function serve(args: readonly string[]): Promise<number> {
  const options = serveOptions(args);
  const auth = options.rootPub !== undefined;
  const { MissionControl, AgentSession } = missionControlServices({ auth });
  const mission = new MissionControlHandlers();
  await using server = await AsterServer.start({
    ...(await trustOf(options)),
    services: [
      implement(MissionControl, mission),
      implement(AgentSession, (peer) => new AgentSessionHandlers(peer, closed)),
    ],
    bindAddress: options.bind ?? (auth ? undefined : DEV_BIND),
    ...(options.registry ? { registry: {} } : {}),
    onAdmission: (outcome) => emit(admissionEvent(outcome)),
    onDenied: (denial) => {
      const event = deniedEvent(denial);
      if (event !== undefined) emit(event);
    },
  });
  if (!auth) {
    process.stderr.write(
      "mission-control: anyone who can dial this server may run commands on it\n",
    );
  }
  const drain = () => void server.drain();
  process.once("SIGTERM", drain);
  process.once("SIGINT", drain);
  const input = createInterface({ input: process.stdin });
  input.on("line", (line) => answer(line, server, mission));
  emit({
    ready: true,
    id: server.endpointId,
    address: server.address,
    addrB64: server.endpointAddrB64,
    pid: process.pid,
    contracts: server.contracts,
    ...(options.registry ? { registry: placeOf(server) } : {}),
  });
  await server.serve();
  input.close();
  process.stdin.destroy();
  return 0;
}

function closed({ peer, agentId }: { readonly peer: string; readonly agentId: string }): void {
  emit({ event: "sessionClosed", peer, agentId });
}

/** The trust of the server: the root key and the identity, or an open gate in dev mode. */
async function trustOf({ rootPub, identity }: ServeOptions): Promise<Partial<AsterServerOptions>> {
  if (rootPub !== undefined) return { rootPubkey: await readRootPubkey(rootPub), identity };
  const open = { gate: openGate({ production: true }), identity: false } as const;
  // only the key counts here: an entry of the file would close the gate
  if (identity === undefined) return open;
  return { ...open, secretKey: (await readIdentity(identity)).secretKey.expose() };
}

function placeOf({ registry: { namespace, author } }: AsterServer) {
  return { namespace, author };
}

function answer(line: string, server: AsterServer, mission: MissionControlHandlers): void {
  if (line.trim() === "") return;
  if (commandOf(line) !== "stats") {
    process.stderr.write('mission-control: unknown command; use {"cmd":"stats"}\n');
    return;
  }
  const { sessions } = server.stats();
  emit({ stats: { ...mission.activity, sessions, rssBytes: process.memoryUsage.rss() } });
}

function commandOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { readonly cmd?: unknown } | null)?.cmd;
  } catch {
    return undefined;
  }
}
