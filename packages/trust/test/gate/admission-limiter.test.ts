import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { admissionLimiter } from "../../src/index.ts";

const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a limiter", () => {
  test("refuses an endpoint after five denials in a minute, and no other", () => {
    const limiter = admissionLimiter();
    for (let at = 0; at < 5; at++) {
      expect(limiter.refusal("a")).toBeUndefined();
      limiter.denied("a");
    }
    expect(limiter.refusal("a")).toEqual({ limit: "endpoint", repeated: false });
    expect(limiter.refusal("b")).toBeUndefined();
    vi.advanceTimersByTime(MINUTE_MS / 5);
    expect(limiter.refusal("a")).toBeUndefined();
    limiter.denied("a");
    expect(limiter.refusal("a")).toBeDefined();
    vi.advanceTimersByTime(MINUTE_MS);
    for (let at = 0; at < 5; at++) limiter.denied("a");
    expect(limiter.refusal("a")).toBeDefined();
  });

  test("reports ten attempts a second as one burst", () => {
    const limiter = admissionLimiter();
    let decided = 0;
    let first = 0;
    for (let at = 0; at < 3_000; at++) {
      const refusal = limiter.refusal("a");
      if (refusal === undefined) {
        decided += 1;
        limiter.denied("a");
      } else if (!refusal.repeated) first += 1;
      vi.advanceTimersByTime(100);
    }
    expect(decided).toBeLessThanOrEqual(5 + 25);
    expect(first).toBe(1);
    vi.advanceTimersByTime(MINUTE_MS);
    for (let at = 0; at < 5; at++) limiter.denied("a");
    expect(limiter.refusal("a")?.repeated).toBe(false);
  });

  test("refuses an address whose endpoints change, but not loopback", () => {
    const limiter = admissionLimiter({ perAddress: 3 });
    for (let at = 0; at < 3; at++) limiter.denied(`peer ${at}`, "192.0.2.1");
    expect(limiter.refusal("new", "192.0.2.1")).toEqual({ limit: "address", repeated: false });
    expect(limiter.refusal("new", "::ffff:192.0.2.1")).toEqual({
      limit: "address",
      repeated: true,
    });
    expect(limiter.refusal("new", "192.0.2.2")).toBeUndefined();
    expect(limiter.refusal("new")).toBeUndefined();
    for (const address of ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"]) {
      for (let at = 0; at < 4; at++) limiter.denied(`${address} ${at}`, address);
      expect(limiter.refusal("new", address)).toBeUndefined();
    }
  });

  test("counts the addresses of one IPv6 network as one", () => {
    const limiter = admissionLimiter({ perAddress: 1 });
    limiter.denied("a", "2001:db8:0:7:1::1");
    for (const same of [
      "2001:db8:0:7::2",
      "2001:0DB8:0000:0007:ffff:0:0:1",
      "2001:db8:0:7::%eth0",
    ]) {
      expect(limiter.refusal("b", same)).toMatchObject({ limit: "address" });
    }
    for (const other of ["2001:db8:0:8::2", "2001:db8::7:1", "fe80::1", "::7", "nonsense"]) {
      expect(limiter.refusal("b", other)).toBeUndefined();
    }
  });

  test("refuses everyone after the denials in total", () => {
    const limiter = admissionLimiter({ total: 10 });
    for (let at = 0; at < 10; at++) limiter.denied(`peer ${at}`);
    expect(limiter.refusal("new")).toEqual({ limit: "total", repeated: false });
    vi.advanceTimersByTime(MINUTE_MS / 10);
    expect(limiter.refusal("new")).toBeUndefined();
  });

  test("lets known endpoints in while strangers have used up the other limits", () => {
    const limiter = admissionLimiter({ perAddress: 3, total: 10 });
    limiter.admitted("known");
    for (let at = 0; at < 10; at++) limiter.denied(`peer ${at}`, "192.0.2.1");
    expect(limiter.refusal("new", "192.0.2.1")).toMatchObject({ limit: "address" });
    expect(limiter.refusal("new", "192.0.2.2")).toMatchObject({ limit: "total" });
    expect(limiter.refusal("known", "192.0.2.1")).toBeUndefined();
    for (let at = 0; at < 5; at++) limiter.denied("known", "192.0.2.1");
    expect(limiter.refusal("known", "192.0.2.1")).toMatchObject({ limit: "endpoint" });
  });

  test("remembers a bounded number of known endpoints", () => {
    const limiter = admissionLimiter({ total: 1 });
    limiter.admitted("known");
    limiter.denied("a");
    for (let at = 0; at < 9_999; at++) limiter.admitted(`peer ${at}`);
    expect(limiter.refusal("known")).toBeUndefined();
    limiter.admitted("one more");
    expect(limiter.refusal("known")).toMatchObject({ limit: "total" });
  });

  test("has no limits that are infinite", () => {
    const [perEndpoint, perAddress, total] = Array(3).fill(Number.POSITIVE_INFINITY);
    const limiter = admissionLimiter({ perEndpoint, perAddress, total });
    for (let at = 0; at < 20_000; at++) limiter.denied("a", "192.0.2.1");
    expect(limiter.refusal("a", "192.0.2.1")).toBeUndefined();
  });

  test("holds a bounded number of endpoints", () => {
    const limiter = admissionLimiter({ total: Number.POSITIVE_INFINITY });
    for (let at = 0; at < 5; at++) limiter.denied("a");
    for (let at = 0; at < 9_999; at++) limiter.denied(`peer ${at}`);
    expect(limiter.refusal("a")).toBeDefined();
    limiter.denied("one more");
    expect(limiter.refusal("a")).toBeUndefined();
  });

  test.each([0, -1, 0.5, Number.NaN, "5", null])("refuses the limit %j", (wrong) => {
    for (const name of ["perEndpoint", "perAddress", "total"]) {
      expect(() => admissionLimiter({ [name]: wrong as number })).toThrow(
        expect.objectContaining({ code: "option", message: expect.stringContaining(name) }),
      );
    }
  });
});
