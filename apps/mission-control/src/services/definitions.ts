import {
  anyOf,
  bidiStream,
  clientStream,
  defineService,
  role,
  serverStream,
  unary,
} from "@aster/rpc/contract";
import {
  Assignment,
  Command,
  CommandResult,
  Heartbeat,
  IngestResult,
  LogEntry,
  MetricPoint,
  StatusRequest,
  StatusResponse,
  SubmitLogResult,
  TailRequest,
} from "./messages.ts";

/**
 * Defines the services. With `auth` their methods require roles, which are not part of the contract
 * ids: clients use the same definitions for both.
 */
export function missionControlServices({ auth }: { readonly auth: boolean }) {
  const needs = (requirement: ReturnType<typeof role>) => (auth ? { requires: requirement } : {});
  const MissionControl = defineService(
    "MissionControl",
    { version: 1 },
    {
      getStatus: unary(StatusRequest, StatusResponse, needs(role("status"))),
      submitLog: unary(LogEntry, SubmitLogResult, needs(role("status"))),
      tailLogs: serverStream(TailRequest, LogEntry, needs(anyOf("logs", "admin"))),
      ingestMetrics: clientStream(MetricPoint, IngestResult, {
        maxClientStreamItems: Number.POSITIVE_INFINITY,
        ...needs(role("ingest")),
      }),
    },
  );
  const AgentSession = defineService(
    "AgentSession",
    { version: 1, scoped: "session" },
    {
      register: unary(Heartbeat, Assignment, needs(role("ingest"))),
      heartbeat: unary(Heartbeat, Assignment, needs(role("ingest"))),
      runCommand: bidiStream(Command, CommandResult, needs(role("admin"))),
    },
  );
  return { MissionControl, AgentSession };
}

/** The services without roles, for clients and for servers in dev mode. */
export const { MissionControl, AgentSession } = missionControlServices({ auth: false });
