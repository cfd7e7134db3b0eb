import type { CallToolResult } from "@modelcontextprotocol/server";
import { callFailure } from "../call/call-failure.ts";
import type { CallAudit } from "./call-audit.ts";
import type { Tool, ToolArguments } from "./tool.ts";

/** One call of a tool, for the audit. */
export class ToolCall {
  readonly #tool: Tool;
  readonly #audit: CallAudit | undefined;
  readonly #time = new Date().toISOString();
  readonly #started = performance.now();

  constructor(tool: Tool, audit: CallAudit | undefined) {
    this.#tool = tool;
    this.#audit = audit;
  }

  /** Runs the tool. Errors of the call are results, which an agent can read. */
  async run(args: ToolArguments, signal: AbortSignal): Promise<CallToolResult> {
    try {
      const { texts, structured, replies } = await this.#tool.run(args, signal);
      this.#record("OK", replies);
      const content = texts.map((text) => ({ type: "text" as const, text }));
      return { content, structuredContent: structured };
    } catch (error) {
      const { fields } = await callFailure(error);
      this.#record(fields.status, 0);
      return failed(fields);
    }
  }

  /** The result of a call that a rule of the server refused. */
  refused(status: string, message: string): CallToolResult {
    this.#record(status, 0);
    return failed({ status, message });
  }

  #record(status: string, replies: number): void {
    const { name: tool, title: method } = this.#tool;
    const durationMs = Math.round(performance.now() - this.#started);
    this.#audit?.write({ time: this.#time, tool, method, status, durationMs, replies });
  }
}

function failed(error: object): CallToolResult {
  return { content: [{ type: "text", text: JSON.stringify({ error }) }], isError: true };
}
