import type { AsterClient } from "@aster/rpc";
import type { Findings } from "../check/findings.ts";
import type { Mode } from "../raw/protocol.ts";
import type { ScenarioRow } from "../row-kinds/scenario-row.ts";

type Methods = Readonly<Record<string, (request: object) => Answer>>;
type Answer = Promise<object> | AsyncIterable<object>;

/** Makes the calls of a scenario and adds every deviation to `findings`. */
export async function runScenario(
  { service, calls }: ScenarioRow,
  client: AsterClient,
  mode: Mode,
  findings: Findings,
): Promise<void> {
  // the typed client also checks that the contracts are the same
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
