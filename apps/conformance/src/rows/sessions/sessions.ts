import { counted, type SessionRow } from "../../row-kinds/session-row.ts";
import type { Only } from "../../row-kinds/setup.ts";
import { text, texts } from "../../row-kinds/step.ts";

/** Within one program there is no connection that a row could end. */
const connected: Only = { transport: ["memory", "quic"] };
const payload = text("abc");

/** Counts the calls that succeeded and, by code, those that failed. */
async function outcomes(calls: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const result of await Promise.allSettled(calls)) {
    const key = result.status === "fulfilled" ? "good" : `${result.reason.code}`;
    found[key] = (found[key] ?? 0) + 1;
  }
  return found;
}

const rows: readonly Omit<SessionRow, "kind" | "suite">[] = [
  {
    name: "the state is kept from call to call, whatever is called between",
    async run(context, findings) {
      const session = await context.open();
      const tag = context.tag();
      findings.same("the first", await counted(session, { tag, payload }), [1, 3]);
      const replies = [];
      for await (const reply of session.serverStream({ data: texts("x", "y") }))
        replies.push(reply);
      findings.same("replies of a stream", replies.length, 2);
      findings.same("the second", await counted(session, { tag, payload }), [2, 6]);
      findings.same("items", (await session.clientStream([{}, {}])).items, 2);
      findings.same("the third", await counted(session, { tag }), [3, 6]);
      await session.close();
      findings.same("how often it was closed", await context.closesOf(tag), 1);
    },
  },
  {
    name: "sessions do not see each other",
    async run(context, findings) {
      const [one, other] = [await context.open(), await context.open()];
      const [tag, otherTag] = [context.tag(), context.tag()];
      await Promise.all([counted(one, { tag, payload }), counted(other, { tag: otherTag })]);
      findings.same("the one", await counted(one, { tag, payload }), [2, 6]);
      findings.same("the other", await counted(other, { tag: otherTag }), [2, 0]);
      await one.close();
      findings.same("how often the one was closed", await context.closesOf(tag), 1);
      findings.same("how often the other was", context.closesSoFar(otherTag), 0);
      findings.same("the other goes on", await counted(other, { tag: otherTag }), [3, 0]);
    },
  },
  {
    name: "sessions of two connections do not see each other",
    only: connected,
    run: ({ tag, open, withOwnConnection }, findings) =>
      withOwnConnection(async (openThere) => {
        const [one, other] = [await open(), await openThere()];
        findings.same("the one", await counted(one, { tag: tag(), payload }), [1, 3]);
        findings.same("the other", await counted(other, { tag: tag() }), [1, 0]);
        findings.same("the one again", await counted(one, { tag: tag(), payload }), [2, 6]);
      }),
  },
  {
    name: "calls made at once are made one after the other, in order",
    async run(context, findings) {
      const session = await context.open();
      const tag = context.tag();
      const calls = Array.from({ length: 30 }, () => counted(session, { tag, delayMs: 2 }));
      const wanted = calls.map((_, index) => [index + 1, 0]);
      findings.same("the counts", await Promise.all(calls), wanted);
    },
  },
  {
    name: "a call that waits and is given up leaves no trace",
    async run(context, findings) {
      const session = await context.open();
      const tag = context.tag();
      const first = counted(session, { tag, delayMs: 100 });
      const canceller = new AbortController();
      const waiting = session.count({ tag }, { signal: canceller.signal });
      const late = session.count({ tag }, { timeoutMs: 20 });
      canceller.abort();
      await findings.fails("the one that is given up", () => waiting, 1);
      await findings.fails("the one that is late", () => late, 4);
      findings.same("the first", await first, [1, 0]);
      findings.same("the next", await counted(session, { tag }), [2, 0]);
    },
  },
  {
    name: "a call after the end",
    async run(context, findings) {
      const session = await context.open();
      const tag = context.tag();
      await counted(session, { tag });
      await session.close();
      await session.close();
      findings.same("why it ended", (await session.closed) ?? null, null);
      const details = { reason: "session.over" };
      await findings.fails("a call", () => session.count({ tag }), 9, details);
      await findings.fails("a stream", () => session.serverStream({}).next(), 9, details);
      findings.same("how often it was closed", await context.closesOf(tag), 1);
    },
  },
  {
    name: "the end gives up what runs and waits",
    async run(context, findings) {
      const session = await context.open();
      const tag = context.tag();
      await counted(session, { tag });
      const running = session.clientStream(unending());
      const waiting = session.count({ tag });
      const ended = Promise.all([
        findings.fails("what runs", () => running, 1),
        findings.fails("what waits", () => waiting, 1),
      ]);
      await session.close();
      await ended;
      findings.same("how often it was closed", await context.closesOf(tag), 1);
    },
  },
  {
    name: "the end of the connection closes its sessions",
    only: connected,
    async run(context, findings) {
      const tags = [context.tag(), context.tag(), context.tag()];
      await context.withOwnConnection(async (open) => {
        for (const tag of tags) await counted(await open(), { tag });
      });
      for (const tag of tags) findings.same("how often", await context.closesOf(tag), 1);
    },
  },
  {
    name: "an exception that is not a status stays with the server, and the session goes on",
    setup: { serverInterceptors: ["breaks"] },
    async run(context, findings) {
      const session = await context.open();
      for (const time of ["once", "twice"]) {
        const call = session
          .count({})
          .catch(({ code, rawMessage }) => [code, rawMessage.replace(/\[[0-9a-f]+\]/, "[…]")]);
        findings.same(time, await call, [13, "internal error […]"]);
      }
    },
  },
  {
    name: "an interceptor refuses calls, not the session",
    setup: { serverInterceptors: ["refuses"] },
    async run(context, findings) {
      const session = await context.open();
      await findings.fails("a call", () => session.count({}), 7);
      await findings.fails("the next", () => session.count({}), 7);
    },
  },
  {
    name: "more than a connection may have",
    only: connected,
    setup: { serverLimits: { maxSessionsPerConnection: 3 } },
    async run(context, findings) {
      const sessions = [];
      for (let n = 0; n < 3; n += 1) sessions.push(await context.open());
      const [first] = sessions;
      const tag = context.tag();
      for (const session of sessions) findings.same("one", await counted(session, { tag }), [1, 0]);
      const details = { reason: "limit.maxSessionsPerConnection" };
      const refused = await context.open();
      await findings.fails("one more", () => refused.count({}), 8, details);
      await findings.fails("the same one again", () => refused.count({}), 9);
      await first?.close();
      await context.closesOf(tag);
      findings.same("after one has ended", await counted(await context.open(), { tag }), [1, 0]);
    },
  },
  {
    name: "more than a connection may have, all at once",
    only: connected,
    run: ({ tag, withOwnConnection }, findings) =>
      withOwnConnection(async (open) => {
        const sessions = await Promise.all(Array.from({ length: 1025 }, () => open()));
        const name = tag();
        const found = await outcomes(sessions.map((session) => session.count({ tag: name })));
        findings.same("the calls", found, { 8: 1, good: 1024 });
        const shared = sessions.filter((_, index) => index % 100 === 0);
        const again = await outcomes(shared.map((session) => session.count({ tag: name })));
        findings.same("calls of some of them", again, { good: shared.length });
      }),
  },
];

/** Yields one request and never ends. */
async function* unending(): AsyncGenerator<Record<string, never>> {
  yield {};
  await new Promise(() => {});
}

export const sessionRows: readonly SessionRow[] = rows.map(({ only = {}, ...row }) => ({
  kind: "session",
  suite: "sessions",
  ...row,
  // compression makes no difference to sessions
  only: { zstd: true, ...only },
}));
