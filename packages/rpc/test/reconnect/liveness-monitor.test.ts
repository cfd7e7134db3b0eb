// When a client concludes that its peer knows nothing of their connection any more.
import type { Channel, ChannelSink, Connection } from "@aster/transport";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DialedPeer } from "../../src/peer/dial.ts";
import { hedgedDial } from "../../src/reconnect/hedged-dial.ts";
import { LivenessMonitor } from "../../src/reconnect/liveness-monitor.ts";
import { Silence } from "../../src/reconnect/silence.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A connection whose counters the test turns. */
class Wire {
  sentBytes = 1000;
  receivedBytes = 1000;
  rttMs = 1;
  channels = 1;
  pokes = 0;
  closed = 0;
  /** Whether nothing more may be sent until the peer has acknowledged what was. */
  full = false;
  /** Whether the peer acknowledges what it is sent. */
  answers = false;
  readonly connection: Connection = {
    stats: () => ({ ...this, channels: this.channels }),
    open: (_: ChannelSink) => {
      this.pokes += 1;
      if (!this.full) this.send();
      return { stop() {}, reset() {} } as unknown as Channel;
    },
    close: () => {
      this.closed += 1;
    },
  } as unknown as Connection;

  send(): void {
    this.sentBytes += 100;
    if (this.answers) this.receivedBytes += 50;
  }

  /** As QUIC does it while nothing is acknowledged. */
  async repeat(forMs: number): Promise<void> {
    for (let atMs = 0; atMs < forMs; atMs += 500) {
      this.send();
      await vi.advanceTimersByTimeAsync(500);
    }
  }
}

const dialledTo = ({ connection }: Wire) => ({ connection }) as DialedPeer;

describe("silence", () => {
  const rttMs = 1;

  test("is what follows sendings that are never answered", () => {
    const silence = new Silence();
    const readings = [0, 500, 1000, 1500, 2000, 2500].map((atMs) =>
      silence.read({ sentBytes: 100 + atMs, receivedBytes: 100, rttMs }, atMs),
    );
    expect(readings).toEqual([false, false, false, false, false, true]);
    expect(silence.read({ sentBytes: 9000, receivedBytes: 101, rttMs }, 3000)).toBe(false);
  });

  test("is none when nothing is asked, however long, and one acknowledgement asks nothing", () => {
    const silence = new Silence();
    for (let atMs = 0; atMs < 60_000; atMs += 250) {
      const sentBytes = atMs < 500 ? 100 : 140;
      expect(silence.read({ sentBytes, receivedBytes: 100, rttMs }, atMs)).toBe(false);
    }
  });

  test("takes longer where every answer does", () => {
    const silence = new Silence();
    const at = (atMs: number) =>
      silence.read({ sentBytes: 100 + atMs, receivedBytes: 100, rttMs: 1500 }, atMs);
    expect([0, 1000, 2000, 3000, 4000, 5000].map(at)).not.toContain(true);
    expect(at(5600)).toBe(true);
  });
});

describe("life signs", () => {
  function watched(wire: Wire, dial: (signal: AbortSignal) => Promise<DialedPeer>) {
    const replaced: DialedPeer[] = [];
    const replace = (dialed: DialedPeer) => void replaced.push(dialed);
    const signs = new LivenessMonitor(wire.connection, { dial, replace });
    signs.watch();
    return { signs, replaced };
  }

  test("a silent peer that answers elsewhere, and not here when poked, is taken there", async () => {
    const [wire, other] = [new Wire(), new Wire()];
    const { replaced } = watched(wire, async () => dialledTo(other));
    await wire.repeat(2000);
    expect(replaced).toEqual([]);
    await wire.repeat(3000);
    expect(replaced).toEqual([dialledTo(other)]);
    expect(wire.pokes).toBe(5);
    expect(other.closed).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(replaced).toHaveLength(1);
  });

  test("a peer that comes back is kept, and the other connection closed", async () => {
    const [wire, other] = [new Wire(), new Wire()];
    const dial = async () => {
      wire.answers = true;
      return dialledTo(other);
    };
    const { replaced } = watched(wire, dial);
    await wire.repeat(5000);
    expect(replaced).toEqual([]);
    expect(wire.pokes).toBe(1);
    expect(other.closed).toBe(1);
  });

  test("a peer that nothing was sent to since it answers elsewhere has not been silent", async () => {
    const [wire, other] = [new Wire(), new Wire()];
    wire.full = true;
    const { replaced } = watched(wire, async () => dialledTo(other));
    await wire.repeat(2500);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(replaced).toEqual([]);
    expect(wire.pokes).toBe(5);
    wire.send();
    await vi.advanceTimersByTimeAsync(900);
    expect(replaced).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(replaced).toEqual([dialledTo(other)]);
  });

  test("an answer during the search ends the search", async () => {
    const wire = new Wire();
    const signals: AbortSignal[] = [];
    watched(wire, (signal) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    await wire.repeat(3000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    wire.answers = true;
    await wire.repeat(500);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(wire.pokes).toBe(0);
  });

  test("a search that comes to nothing is followed by another, after a pause", async () => {
    const wire = new Wire();
    const dial = vi.fn().mockRejectedValue(new Error("refused"));
    const { replaced } = watched(wire, dial);
    await wire.repeat(3000);
    expect(dial).toHaveBeenCalledTimes(1);
    await wire.repeat(4000);
    expect(dial).toHaveBeenCalledTimes(2);
    expect(replaced).toEqual([]);
  });

  test("looks are seldom while nothing is sent, and not for the next call", async () => {
    const wire = new Wire();
    const dial = vi.fn().mockReturnValue(new Promise(() => {}));
    const { signs } = watched(wire, dial);
    const stats = vi.spyOn(wire.connection, "stats");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stats.mock.calls.length).toBeLessThan(65);
    signs.watch();
    await wire.repeat(2500);
    expect(dial).toHaveBeenCalledTimes(1);
  });

  test("nobody looks where nobody waits, until the next call", async () => {
    const wire = new Wire();
    const dial = vi.fn().mockReturnValue(new Promise(() => {}));
    const { signs } = watched(wire, dial);
    wire.channels = 0;
    await vi.advanceTimersByTimeAsync(5000);
    expect(vi.getTimerCount()).toBe(0);
    wire.channels = 1;
    signs.watch();
    await wire.repeat(3000);
    expect(dial).toHaveBeenCalledTimes(1);
    signs.close();
    expect(vi.getTimerCount()).toBe(0);
    signs.watch();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a hedged dial", () => {
  const never = new AbortController().signal;

  test("asks again beside an attempt that has no answer, and takes the first that has", async () => {
    const wire = new Wire();
    const signals: AbortSignal[] = [];
    const limits: number[] = [];
    const dialed = hedgedDial(
      (timeoutMs, signal) => {
        signals.push(signal);
        limits.push(timeoutMs);
        return signals.length < 3 ? new Promise(() => {}) : Promise.resolve(dialledTo(wire));
      },
      20_000,
      never,
    );
    await vi.advanceTimersByTimeAsync(8000);
    expect((await dialed).connection).toBe(wire.connection);
    expect(limits).toEqual([20_000, 16_000, 12_000]);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(signals).toHaveLength(3);
    expect(wire.closed).toBe(0);
  });

  test("closes what comes second", async () => {
    const [slow, quick] = [new Wire(), new Wire()];
    let finish: (dialed: DialedPeer) => void = () => {};
    let dials = 0;
    const dialed = hedgedDial(
      () => {
        dials += 1;
        if (dials > 1) return Promise.resolve(dialledTo(quick));
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
      20_000,
      never,
    );
    await vi.advanceTimersByTimeAsync(4000);
    expect((await dialed).connection).toBe(quick.connection);
    finish(dialledTo(slow));
    await vi.advanceTimersByTimeAsync(0);
    expect([slow.closed, quick.closed]).toEqual([1, 0]);
  });

  test("a refusal is final, and so is the caller's signal", async () => {
    const refused = new Error("not admitted");
    await expect(hedgedDial(() => Promise.reject(refused), 20_000, never)).rejects.toBe(refused);
    const abort = new AbortController();
    const given = hedgedDial(
      (_, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason)),
        ),
      20_000,
      abort.signal,
    );
    const why = new Error("no need");
    abort.abort(why);
    await expect(given).rejects.toBe(why);
    expect(vi.getTimerCount()).toBe(0);
  });
});
