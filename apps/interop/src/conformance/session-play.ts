import { setTimeout as sleep } from "node:timers/promises";
import { RpcError } from "@aster/rpc";
import { Findings } from "./findings.ts";
import type { Outcome } from "./outcome.ts";
import type { Rig } from "./rig.ts";
import { type CallRow, titleOf } from "./row.ts";
import type { OpenSession } from "./session-call.ts";
import type { SessionRow } from "./session-row.ts";

const NOTICE_MS = 3_000;
const OVER = 9;

/** What is wrong with the session that a call was made in: whether it goes on, and that it is closed once. */
export async function judgeSession(
  { session }: CallRow,
  { next }: Outcome,
  tag: string,
  rig: Rig,
): Promise<readonly string[]> {
  const findings = new Findings();
  const wanted = session === "kept" ? 0 : OVER;
  findings.same(`the code of the next call (${next?.message})`, next?.code, wanted);
  if (next?.code === 0) {
    findings.same("the calls that the session knows of", next?.replies[0]?.items, 1);
    findings.same("how often the session was closed", await closesOf(rig, tag), 1);
  }
  return findings.lines;
}

/** Plays a row about sessions; what was wrong, one line each. */
export async function playSession(row: SessionRow, rig: Rig): Promise<readonly string[]> {
  if (rig.openSession === undefined) return ["the target has no sessions of ours"];
  const findings = new Findings();
  const opened: OpenSession[] = [];
  let tags = 0;
  const room = {
    rig,
    tag: () => {
      tags += 1;
      return `${titleOf(row)} ${tags}`;
    },
    open: async () => {
      const session = (await rig.openSession?.()) as OpenSession;
      opened.push(session);
      return session;
    },
    closesOf: (tag: string) => closesOf(rig, tag),
  };
  try {
    await row.play(room, findings);
  } catch (error) {
    const { code, rawMessage } = RpcError.from(error);
    findings.lines.push(`it failed with ${code} (${rawMessage})`);
  } finally {
    for (const session of opened) await session.close();
  }
  return findings.lines;
}

async function closesOf({ sessions }: Rig, tag: string): Promise<number> {
  const until = performance.now() + NOTICE_MS;
  while (sessions.closesOf(tag) === 0 && performance.now() < until) await sleep(2);
  return sessions.closesOf(tag);
}
