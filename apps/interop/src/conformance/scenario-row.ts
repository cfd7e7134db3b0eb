import type { AsterClient, ServiceDefinition, ServiceImplementation } from "@aster/rpc";
import type { Findings } from "./findings.ts";
import type { Mode } from "./protocol.ts";
import type { Only } from "./row.ts";

/** A service of its own and its calls, as another implementation describes them. */
export interface ScenarioRow {
  readonly kind: "scenario";
  readonly suite: string;
  readonly name: string;
  readonly only?: Only;
  readonly service: ServiceDefinition;
  readonly implementation: ServiceImplementation;
  readonly calls: readonly ScenarioCall[];
}

export interface ScenarioCall {
  /** Through the proxy of a service of this name, which need not exist, for one reply; else with the typed client. */
  readonly proxied?: string;
  readonly method: string;
  readonly request: object;
  /** One, or all that a stream gives. */
  readonly replies: readonly object[];
  /** Default 0. */
  readonly code?: number;
}

type Methods = Readonly<Record<string, (request: object) => Answer>>;
type Answer = Promise<object> | AsyncIterable<object>;

/** Makes the calls of a scenario. */
export async function enact(
  { service, calls }: ScenarioRow,
  client: AsterClient,
  mode: Mode,
  findings: Findings,
): Promise<void> {
  // the contracts have to be the same, too
  const typed: unknown = client.client(service, { serialization: mode });
  for (const [index, { proxied, method, request, replies, code = 0 }] of calls.entries()) {
    const remote = (proxied === undefined ? typed : client.proxy(proxied)) as Methods;
    const found: object[] = [];
    const make = async () => {
      const answer = remote[method]?.(request);
      if (proxied === undefined && answer !== undefined && Symbol.asyncIterator in answer) {
        for await (const reply of answer) found.push(reply);
      } else found.push((await answer) as object);
    };
    const title = `call ${index} of ${method}`;
    if (code === 0) await make();
    else await findings.fails(title, make, code);
    findings.same(title, found, replies);
  }
}
