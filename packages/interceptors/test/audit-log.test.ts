import { Metadata, RpcError, StatusCode } from "@aster/rpc";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AuditRecord, auditLog } from "../src/audit-log.ts";
import { fakeCall, fakeStream } from "./fake-call.ts";

let records: AuditRecord[];
const audit = auditLog({ write: (record) => records.push(record) });

beforeEach(() => {
  records = [];
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test("writes one record per call, without its contents", async () => {
  const call = fakeCall({
    side: "server",
    request: { password: "secret" },
    metadata: Metadata.from({ authorization: "secret" }),
  });
  await audit(call, async () => {
    vi.advanceTimersByTime(7);
    return { token: "secret" };
  });
  expect(records).toEqual([
    {
      startedAtEpochMs: 1_800_000_000_000,
      side: "server",
      peer: "ab".repeat(32),
      service: "Echo",
      method: "say",
      code: 0,
      durationMs: 7,
    },
  ]);
});

test("records the code of a failed call and not its text", async () => {
  const failing = audit(fakeCall(), () =>
    Promise.reject(new RpcError(StatusCode.PERMISSION_DENIED, "secret")),
  );
  await expect(failing).rejects.toThrow("secret");
  expect(records).toMatchObject([{ code: 7 }]);
  expect(JSON.stringify(records)).not.toContain("secret");
});

test("writes the record of a stream once, at its end", async () => {
  const stream = await audit(fakeCall({ pattern: "bidi_stream" }), async () => fakeStream());
  const messages = stream as AsyncIterable<number>;
  const iterator = messages[Symbol.asyncIterator]();
  await iterator.next();
  expect(records).toEqual([]);
  await iterator.return?.();
  await iterator.return?.();
  expect(records).toMatchObject([{ code: StatusCode.CANCELLED }]);
});

test("ignores an error of the log", async () => {
  const broken = auditLog({
    write: () => {
      throw new Error("disk full");
    },
  });
  expect(await broken(fakeCall(), async () => "answer")).toBe("answer");
});
