import type { ObjectSchema } from "./tool-schema.ts";

/** The values of a tool's arguments, as a client sent them. */
export type ToolArguments = Readonly<Record<string, unknown>>;

/** The replies of a call. */
export interface ToolReply {
  /** For every client: JSON, and notes for the agent. */
  readonly texts: readonly string[];
  /** The same as an object that fits the output schema. */
  readonly structured: Record<string, unknown>;
  readonly replies: number;
}

/** A tool of the server. */
export interface Tool {
  readonly name: string;
  /** `Service.method`. */
  readonly title: string;
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  readonly outputSchema: ObjectSchema;
  readonly idempotent: boolean;
  /** The user must confirm each call. */
  readonly confirms: boolean;
  /** Runs the tool. Rejects with the error of the call. */
  run(args: ToolArguments, signal: AbortSignal): Promise<ToolReply>;
}
