// Runs `aster mcp` with the client of the official SDK.
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import type { Place } from "./aster.ts";
import { asterArgs } from "./process.ts";

/** The answer of the user of a client to a confirmation. */
export type UserAnswer = "accept" | "decline" | "cancel";

export interface AgentOptions {
  /** Default: the client cannot ask its user. */
  readonly user?: ((message: string) => UserAnswer) | undefined;
  /** The client speaks the protocol of 2026-07-28 instead of that of 2025. */
  readonly modern?: boolean | undefined;
}

/** A client that is connected to the server of a process. The caller disposes of it. */
export interface Agent extends AsyncDisposable {
  readonly client: Client;
  /** Calls a tool and returns its first text as JSON. */
  call(name: string, args?: Record<string, unknown>): Promise<unknown>;
}

/** Makes a client that is not connected. */
export function agentClient({ user, modern }: AgentOptions): Client {
  const client = new Client(
    { name: "test", version: "1.0.0" },
    {
      capabilities: user === undefined ? {} : { elicitation: {} },
      versionNegotiation: { mode: modern === true ? { pin: "2026-07-28" } : "legacy" },
    },
  );
  if (user !== undefined) {
    client.setRequestHandler("elicitation/create", ({ params }) => {
      const action = user(params.message);
      return action === "accept" ? { action, content: {} } : { action };
    });
  }
  return client;
}

/** Starts `aster mcp` with the arguments. */
export async function startAgent(
  place: Place,
  args: readonly string[],
  options: AgentOptions = {},
): Promise<Agent> {
  const client = agentClient(options);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...asterArgs, "mcp", ...args],
    cwd: place.path,
    env: {
      ...(process.env as Record<string, string>),
      HOME: place.home,
      ASTER_RELAY_MODE: "disabled",
    },
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  try {
    await client.connect(transport);
  } catch (error) {
    throw new Error(`aster mcp did not start: ${stderr}`, { cause: error });
  }
  return {
    client,
    call: (name, given) => callTool(client, name, given),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Calls a tool and returns its first text as JSON. */
export async function callTool(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<unknown> {
  const { content } = await client.callTool({ name, arguments: args });
  const [first] = content;
  if (first?.type !== "text") throw new Error(`${name} returned no text`);
  return JSON.parse(first.text) as unknown;
}
