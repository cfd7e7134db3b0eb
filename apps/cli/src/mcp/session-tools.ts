import type { Callee } from "../call/callee.ts";
import type { AgentSessions } from "./agent-sessions.ts";
import type { Tool, ToolReply } from "./tool.ts";
import type { ToolNames } from "./tool-names.ts";
import type { ObjectSchema } from "./tool-schema.ts";

const idSchema: ObjectSchema = {
  type: "object",
  properties: { session_id: { type: "string", description: "the id of the session" } },
  required: ["session_id"],
  additionalProperties: false,
};
const noArguments: ObjectSchema = { type: "object", properties: {}, additionalProperties: false };

/** Returns the tools that open and close sessions of a service. */
export function sessionTools(
  service: string,
  names: ToolNames,
  sessions: AgentSessions,
  open: () => Promise<Callee>,
): readonly Tool[] {
  const common = { confirms: false, idempotent: false };
  return [
    {
      ...common,
      name: names.next(service, "open"),
      title: `${service}.open`,
      description: `Opens a session of ${service}. Its calls share state; close it when they are done.`,
      inputSchema: noArguments,
      outputSchema: idSchema,
      run: async () => reply({ session_id: await sessions.add(service, open) }),
    },
    {
      ...common,
      name: names.next(service, "close"),
      title: `${service}.close`,
      description: `Closes a session of ${service}.`,
      inputSchema: idSchema,
      outputSchema: idSchema,
      async run({ session_id }) {
        await sessions.close(service, session_id);
        return reply({ session_id });
      },
    },
  ];
}

function reply(structured: Record<string, unknown>): ToolReply {
  return { texts: [JSON.stringify(structured)], structured, replies: 0 };
}
