import { serviceDefinitionOf } from "@aster/contract";
import type { AsterClient } from "@aster/rpc";
import type { AdmittedService } from "@aster/trust";
import type { Callee } from "../call/callee.ts";
import { manifestFor, openCallee } from "../call/open-callee.ts";
import type { CommandContext } from "../command/context.ts";
import { definitionOfManifest } from "../contract/definition-of-manifest.ts";
import type { AgentSessions } from "./agent-sessions.ts";
import { methodTool, type WithCallee } from "./method-tool.ts";
import { permitted } from "./permitted.ts";
import { sessionTools } from "./session-tools.ts";
import type { Tool } from "./tool.ts";
import { ToolNames } from "./tool-names.ts";
import { isAllowed, needsConfirmation, type ToolGlobs } from "./tool-rules.ts";

export interface ToolTableOptions {
  readonly context: CommandContext;
  readonly client: AsterClient;
  readonly sessions: AgentSessions;
  readonly globs: ToolGlobs;
  /** The source of the contracts. Default: the peer. */
  readonly contract: string | undefined;
}

/** The tools of a peer: the methods that its client may call and that the globs allow. */
export class ToolTable {
  readonly #options: ToolTableOptions;
  #services: readonly AdmittedService[] | undefined;
  #tools: Promise<ReadonlyMap<string, Tool>> | undefined;

  constructor(options: ToolTableOptions) {
    this.#options = options;
  }

  /** Returns the tools by name. They change when a reconnection brings other services or roles. */
  tools(): Promise<ReadonlyMap<string, Tool>> {
    const { services } = this.#options.client;
    if (this.#tools === undefined || this.#services !== services) {
      this.#services = services;
      this.#tools = this.#read(services);
      // read again after a failure
      this.#tools.catch(() => {
        this.#tools = undefined;
      });
    }
    return this.#tools;
  }

  async #read(services: readonly AdmittedService[]): Promise<ReadonlyMap<string, Tool>> {
    const names = new ToolNames();
    const tools: Tool[] = [];
    // one offer per name: a call by name reaches the latest version
    const offers = new Map(services.map((offer) => [offer.name, offer]));
    for (const offer of offers.values()) tools.push(...(await this.#toolsOf(offer, names)));
    return new Map(tools.map((tool) => [tool.name, tool]));
  }

  async #toolsOf(offer: AdmittedService, names: ToolNames): Promise<readonly Tool[]> {
    const { context, client, sessions, globs, contract } = this.#options;
    const { name: service } = offer;
    const inSession = offer.scoped === "session";
    const mayCall = permitted(client);
    // a service whose roles are missing does not describe itself
    if (!mayCall(offer, "")) return [];
    const manifest = await manifestFor(context, client, { service, contract });
    if (manifest === undefined) {
      context.note(`the peer does not describe ${service}: name its contract with --contract`);
      return [];
    }
    const open = (): Promise<Callee> =>
      openCallee(context, client, { service, contract, session: inSession, mode: undefined });
    let shared: Promise<Callee> | undefined;
    const withCallee: WithCallee = async (id, call) => {
      if (inSession) return await sessions.run(service, id, call);
      shared ??= open();
      return await call(await shared);
    };
    const { byName } = serviceDefinitionOf(definitionOfManifest(manifest));
    const tools = [...byName.values()]
      .filter(({ name }) => mayCall(offer, name) && isAllowed(globs, `${service}.${name}`))
      .map((method) => {
        const title = `${service}.${method.name}`;
        const named = { name: names.next(service, method.name), title };
        const confirms = needsConfirmation(globs, title);
        const options = { inSession, timeoutMs: context.timeoutMs };
        return methodTool(method, { ...named, confirms }, options, withCallee);
      });
    return inSession && tools.length > 0
      ? [...tools, ...sessionTools(service, names, sessions, open)]
      : tools;
  }
}
