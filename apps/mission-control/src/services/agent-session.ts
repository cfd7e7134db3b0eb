import { RpcError, type ServiceHandlers, StatusCode } from "@aster/rpc";
import type { AgentSession } from "./definitions.ts";
import type { CommandResult } from "./messages.ts";
import { runCommand } from "./run-command.ts";

/** The end of a session. */
export interface ClosedAgent {
  readonly peer: string;
  /** Empty for a session that did not register. */
  readonly agentId: string;
}

/** The session of one agent. The agent registers before it sends heartbeats. */
export class AgentSessionHandlers implements ServiceHandlers<typeof AgentSession> {
  readonly #peer: string;
  readonly #onClose: (closed: ClosedAgent) => void;
  #agentId: string | undefined;

  constructor(peer: string, onClose: (closed: ClosedAgent) => void) {
    this.#peer = peer;
    this.#onClose = onClose;
  }

  register(agent: { readonly agent_id: string; readonly capabilities: readonly string[] }) {
    this.#agentId = agent.agent_id;
    return agent.capabilities.includes("gpu")
      ? { task_id: "train-42", command: "python train.py" }
      : { task_id: "idle", command: "sleep 60" };
  }

  heartbeat() {
    if (this.#agentId !== undefined) return { task_id: "continue", command: "" };
    throw new RpcError(
      StatusCode.FAILED_PRECONDITION,
      "the agent is not registered in this session; call register first",
    );
  }

  /** Runs the commands one after the other. The call ends a command that is still running. */
  async *runCommand(
    commands: AsyncIterable<{ readonly command: string }>,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<CommandResult> {
    for await (const { command } of commands) yield await runCommand(command, signal);
  }

  onSessionClose() {
    this.#onClose({ peer: this.#peer, agentId: this.#agentId ?? "" });
  }
}
