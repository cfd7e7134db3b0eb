// The end of calls, as observeCall and hooks on both sides see it.
import { type RpcError, StatusCode } from "@aster/rpc";
import { type CallEnd, callHooks, type Interceptor, observeCall } from "@aster/rpc/interceptor";
import { describe, expect, test } from "vitest";
import { collect } from "../support/outcomes.ts";
import { type PairKind, pairs } from "../support/pairs.ts";
import { Journal, Probe, probe } from "../support/probe.ts";

const shape = ({ code, requests, responses }: CallEnd) => [code, requests, responses];

type Ended = (end: CallEnd) => void;
const forms: Readonly<Record<string, (ended: Ended) => Interceptor[]>> = {
  observeCall: (ended) => [(call, next) => observeCall(call, next, ended)],
  hooks: (ended) => [callHooks({ end: ended })],
  "hooks outside an interceptor": (ended) => [
    callHooks({ end: ended }),
    (call, next) => next(call),
  ],
  "hooks inside an interceptor": (ended) => [(call, next) => next(call), callHooks({ end: ended })],
};

async function observed(pair: PairKind, side: string, form: string, journal = new Journal()) {
  const ends: CallEnd[] = [];
  const interceptors = forms[form]?.((end) => ends.push(end)) ?? [];
  const opened = await pair.open({
    services: [probe(journal)],
    ...(side === "server" ? { interceptors } : {}),
  });
  const client = opened.client(Probe, side === "client" ? { interceptors } : {});
  const next = async (): Promise<CallEnd> => {
    await expect.poll(() => ends.length).toBe(1);
    return ends.shift() as CallEnd;
  };
  return { opened, client, ends, next };
}

const cases = pairs.flatMap((pair) =>
  ["client", "server"].flatMap((side) =>
    Object.keys(forms).map((form) => ({
      pair,
      side,
      form,
      title: `${pair.name}, ${side}, ${form}`,
    })),
  ),
);

describe.each(cases)("$title", ({ pair, side, form }) => {
  test("calls of every pattern end once, with their items", async () => {
    const { opened, client, next } = await observed(pair, side, form);
    await using _ = opened;
    await client.echo({});
    expect(shape(await next())).toEqual([0, 1, 1]);
    await client.sum([{ n: 1 }, { n: 2 }]);
    expect(shape(await next())).toEqual([0, 2, 1]);
    await collect(client.count({ n: 3 }));
    expect(shape(await next())).toEqual([0, 1, 3]);
    await collect(client.chat([{}, {}]));
    expect(shape(await next())).toEqual([0, 2, 2]);
    const failing = { code: StatusCode.ABORTED, message: "no", after: 2 };
    await collect(client.countThenFail(failing)).catch(() => {});
    const end = await next();
    expect(shape(end)).toEqual([StatusCode.ABORTED, 1, 2]);
    expect(end.error).toMatchObject({ rawMessage: "no" });
    expect(end.durationMs).toBeGreaterThan(0);
    await client.crash({}).catch(() => {});
    expect(shape(await next())).toEqual([StatusCode.UNKNOWN, 1, 0]);
  });

  test("a stream ends when its reader leaves, and not when it opens", async () => {
    const { opened, client, ends, next } = await observed(pair, side, form);
    await using _ = opened;
    const stream = client.endless({ n: 1 });
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ends).toEqual([]);
    await stream.return();
    expect((await next()).code).toBe(StatusCode.CANCELLED);
  });

  (side === "client" ? test : () => {})(
    "a reader that leaves cancels a call that is complete",
    async () => {
      const { opened, client, next } = await observed(pair, side, form);
      await using _ = opened;
      const stream = client.count({ n: 3 });
      await expect.poll(() => opened.calls()).toBe(0);
      await client.echo({});
      expect(shape(await next())).toEqual([0, 1, 1]);
      await stream.next();
      await stream.return();
      expect(shape(await next())).toEqual([StatusCode.CANCELLED, 1, 1]);
      await client.count({ n: 3 }).return();
      expect(shape(await next())).toEqual([StatusCode.CANCELLED, 1, 0]);
    },
  );

  test("calls end at their deadline, also when the stream is not read and the handler goes on", async () => {
    const { opened, client, next } = await observed(pair, side, form);
    await using _ = opened;
    // the cancellation of the caller may reach the server just before its own deadline
    const late = [
      StatusCode.DEADLINE_EXCEEDED,
      ...(side === "server" ? [StatusCode.CANCELLED] : []),
    ];
    const unread = client.endless({ n: 5 }, { timeoutMs: 40 });
    expect(late).toContain((await next()).code);
    await unread.return();
    await client.deaf({ n: 300 }, { timeoutMs: 40 }).catch(() => {});
    const end = await next();
    expect(late).toContain(end.code);
    expect(end.durationMs).toBeLessThan(290);
  });
});

test.each(cases.filter(({ side }) => side === "server"))(
  "the server sees the status of a response that cannot be sent: $title",
  async ({ pair, form }) => {
    const { opened, client, next } = await observed(pair, "server", form);
    await using _ = opened;
    const error = await client.wrong({}).catch((reason: RpcError) => reason);
    expect((await next()).code).toBe((error as RpcError).code);
  },
);

test.each(Object.keys(forms))(
  "an observer that throws does not change the call: %s",
  async (form) => {
    const failing = (): never => {
      throw new Error("full disk");
    };
    const interceptors = forms[form]?.(failing) ?? [];
    const [pair] = pairs as [PairKind];
    await using opened = await pair.open({ services: [probe()], interceptors });
    const client = opened.client(Probe, { interceptors });
    expect(await client.echo({ text: "x" })).toEqual({ text: "x" });
    expect(await collect(client.count({ n: 2 }))).toHaveLength(2);
  },
);
