import { setTimeout as sleep } from "node:timers/promises";
import { RpcError, StatusCode } from "@aster/rpc";
import { Findings } from "../check/findings.ts";
import type { Outcome } from "../client/outcome.ts";
import type { CallRow } from "../row-kinds/call-row.ts";
import { titleOf } from "../row-kinds/row.ts";
import type { SessionContext, SessionRow } from "../row-kinds/session-row.ts";
import type { OpenSession } from "../service/definitions.ts";
import type { Harness } from "../targets/harness.ts";

/** The longest wait for the end of a session, even on a busy machine. */
const CLOSE_MS = 3_000;

/**
 * Checks the session in which a call was made: whether it was still open, and that it was closed
 * once. Returns the deviations, one line each.
 */
export async function checkSession(
  { session }: CallRow,
  { next }: Outcome,
  tag: string,
  harness: Harness,
): Promise<readonly string[]> {
  const findings = new Findings();
  const wanted = session === "kept" ? StatusCode.OK : StatusCode.FAILED_PRECONDITION;
  findings.same(`the code of the next call (${next?.message})`, next?.code, wanted);
  if (next?.code === 0) {
    findings.same("the calls that the session counts", next?.replies[0]?.items, 1);
    findings.same("how often the session was closed", await closesOf(harness, tag), 1);
  }
  return findings.lines;
}

/** Runs a session row; returns the deviations, one line each. */
export async function runSessionRow(row: SessionRow, harness: Harness): Promise<readonly string[]> {
  if (harness.openSession === undefined) return ["the target has no TypeScript sessions"];
  const findings = new Findings();
  const opened: OpenSession[] = [];
  try {
    await row.run(contextOf(row, harness, opened), findings);
  } catch (error) {
    const { code, rawMessage } = RpcError.from(error);
    findings.lines.push(`the row failed with ${code} (${rawMessage})`);
  } finally {
    for (const session of opened) await session.close();
  }
  return findings.lines;
}

function contextOf(row: SessionRow, harness: Harness, opened: OpenSession[]): SessionContext {
  let tags = 0;
  return {
    tag() {
      tags += 1;
      return `${titleOf(row)} ${tags}`;
    },
    async open() {
      const session = await openOn(harness);
      opened.push(session);
      return session;
    },
    async withOwnConnection(use) {
      await using own = await harness.fresh?.();
      if (own === undefined) throw new Error("the target has no fresh clients");
      await use(() => openOn(own));
    },
    closesOf: (tag) => closesOf(harness, tag),
    closesSoFar: (tag) => harness.sessions.closesOf(tag),
  };
}

function openOn({ openSession }: Harness): Promise<OpenSession> {
  if (openSession === undefined) throw new Error("the target has no TypeScript sessions");
  return openSession();
}

async function closesOf({ sessions }: Harness, tag: string): Promise<number> {
  const until = performance.now() + CLOSE_MS;
  while (sessions.closesOf(tag) === 0 && performance.now() < until) await sleep(2);
  return sessions.closesOf(tag);
}
