import type { Client } from "@aster/rpc";
import type { CallRow } from "../row-kinds/call-row.ts";
import { send } from "../row-kinds/step.ts";
import type { Conformance, OpenSession } from "../service/definitions.ts";
import type { Observation } from "../service/observer.ts";
import type { Outcome } from "./outcome.ts";
import { SteppedCall } from "./stepped-call.ts";

/**
 * Makes a row's call in a session, then a `count` under the session's tag, and closes the session.
 */
export async function callInSession(
  session: OpenSession,
  row: CallRow,
  [callTag, sessionTag]: readonly [call: string, session: string],
  observation: Observation | undefined,
): Promise<Outcome> {
  await using _ = session;
  const client = session as unknown as Client<typeof Conformance>;
  const outcome = await new SteppedCall(client, row, callTag, observation).run(row.steps);
  const count = { ...row, method: "count" as never, metadata: [], timeoutMs: 10_000 };
  const next = await new SteppedCall(client, count, sessionTag, undefined).run([send()]);
  return { ...outcome, next };
}
