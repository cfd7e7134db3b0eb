import { createHash, randomBytes } from "node:crypto";
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Tool, ToolArguments } from "./tool.ts";

/** The answer of the user to the question about one call. */
export type Answer = "confirmed" | "declined" | "not asked" | "cannot ask";

const KEY = "confirm";
const LONGEST_TEXT = 2000;

/**
 * The confirmations of calls by the user. The question carries a signed digest of the call, so that
 * an answer confirms what the user saw.
 */
export class Confirmations {
  readonly #states = createRequestStateCodec<string>({ key: randomBytes(32) });

  /** Verifies the digest that an answer carries. */
  get verify() {
    return this.#states.verify;
  }

  answer(tool: Tool, args: ToolArguments, server: Server, { mcpReq }: ServerContext): Answer {
    const given = inputResponse(mcpReq.inputResponses, KEY);
    if (given.kind === "elicit" && mcpReq.requestState() === digestOf(tool, args)) {
      const yes = given.action === "accept" && given.content?.[KEY] !== false;
      return yes ? "confirmed" : "declined";
    }
    const envelope = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
    const capabilities = (envelope?.[CLIENT_CAPABILITIES_META_KEY] ??
      server.getClientCapabilities()) as ClientCapabilities | undefined;
    return capabilities?.elicitation === undefined ? "cannot ask" : "not asked";
  }

  async question(tool: Tool, args: ToolArguments): Promise<InputRequiredResult> {
    const text = JSON.stringify(args, undefined, 2);
    const shown = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)} …` : text;
    const message = `Call ${tool.title} with ${shown}?`;
    const requestedSchema = { type: "object" as const, properties: {} };
    return inputRequired({
      requestState: await this.#states.mint(digestOf(tool, args)),
      inputRequests: { [KEY]: inputRequired.elicit({ message, requestedSchema }) },
    });
  }
}

function digestOf({ name }: Tool, args: ToolArguments): string {
  return createHash("sha256")
    .update(JSON.stringify([name, args]))
    .digest("hex");
}
