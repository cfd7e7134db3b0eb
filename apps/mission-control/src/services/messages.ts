// The messages of Mission Control. Each field has a default, so that a caller sends what it knows.
import { wireType } from "@aster/rpc/contract";
import { z } from "zod";

const text = (byDefault = "") => z.string().default(byDefault);
const integer = (byDefault = 0) => z.int().default(byDefault);
const float = () => z.number().default(0);

export const StatusRequest = wireType("mission/StatusRequest", { agent_id: text() });

export const StatusResponse = wireType("mission/StatusResponse", {
  agent_id: text(),
  status: text("idle"),
  uptime_secs: integer(),
});

/** A line of an agent's log. `timestamp`: seconds since 1970. */
export const LogEntry = wireType("mission/LogEntry", {
  timestamp: float(),
  level: text("info"),
  message: text(),
  agent_id: text(),
});
export type LogEntry = z.output<typeof LogEntry>;

export const SubmitLogResult = wireType("mission/SubmitLogResult", {
  accepted: z.boolean().default(true),
});

/** A filter of log entries. An empty `agent_id` selects all agents, `level` the least level. */
export const TailRequest = wireType("mission/TailRequest", {
  agent_id: text(),
  level: text("info"),
});

/** A measured value. `timestamp`: seconds since 1970. */
export const MetricPoint = wireType("mission/MetricPoint", {
  name: text(),
  value: float(),
  timestamp: float(),
  tags: z.record(z.string(), z.string()).default(() => ({})),
});

export const IngestResult = wireType("mission/IngestResult", {
  accepted: integer(),
  dropped: integer(),
});

export const Heartbeat = wireType("mission/Heartbeat", {
  agent_id: text(),
  capabilities: z.array(z.string()).default(() => []),
  load_avg: float(),
});

export const Assignment = wireType("mission/Assignment", { task_id: text(), command: text() });

/** A command line for `sh`. */
export const Command = wireType("mission/Command", { command: text() });

/** The end of a command. `exit_code` is −1 for a command that a signal ended. */
export const CommandResult = wireType("mission/CommandResult", {
  stdout: text(),
  stderr: text(),
  exit_code: integer(-1),
});
export type CommandResult = z.output<typeof CommandResult>;
