import type { Client, Session } from "@aster/rpc";
import type { Observation } from "./observer.ts";
import type { Outcome } from "./outcome.ts";
import type { CallRow } from "./row.ts";
import type { Conformance } from "./service.ts";
import type { ConformanceSession } from "./session-service.ts";
import { SteppedCall } from "./stepped-call.ts";
import { send } from "./steps.ts";

/** A session with the conformance service, as a client of ours has it. */
export type OpenSession = Session<typeof ConformanceSession>;

/** Makes the call of a row in a session of its own, and another one after it. `tag` is the session's. */
export async function callInSession(
  session: OpenSession,
  row: CallRow,
  [callTag, tag]: readonly [call: string, session: string],
  observation: Observation | undefined,
): Promise<Outcome> {
  await using _ = session;
  const client = session as unknown as Client<typeof Conformance>;
  const outcome = await new SteppedCall(client, row, callTag, observation).run(row.steps);
  const count = { ...row, method: "count" as never, metadata: [], timeoutMs: 10_000 };
  const next = await new SteppedCall(client, count, tag, undefined).run([send()]);
  return { ...outcome, next };
}
