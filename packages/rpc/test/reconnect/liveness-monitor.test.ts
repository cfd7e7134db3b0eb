// Detection of a peer that was restarted and does not know its old connections.
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

/** A connection whose counters the test sets. */
class Wire {
  sentBytes = 1000;
  receivedBytes = 1000;
  rttMs = 1;
  channels = 1;
  probes = 0;
  closed = 0;
  /** Nothing may be sent before the peer acknowledges earlier packets. */
  full = false;
  /** The peer acknowledges packets. */
  answers = false;
  readonly connection: Connection = {
    stats: () => ({ ...this, channels: this.channels }),
    open: (_: ChannelSink) => {
      this.probes += 1;
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

  /** Sends as QUIC does while nothing is acknowledged. */
  async repeat(forMs: number): Promise<void> {
    for (let atMs = 0; atMs < forMs; atMs += 500) {
      this.send();
      await vi.advanceTimersByTimeAsync(500);
    }
  }
}

const dialedTo = ({ connection }: Wire) => ({ connection }) as DialedPeer;

describe("silence", () => {
  const rttMs = 1;

  test("follows several sends without an answer", () => {
    const silence = new Silence();
    const readings = [0, 500, 1000, 1500, 2000, 2500].map((atMs) =>
      silence.read({ sentBytes: 100 + atMs, receivedBytes: 100, rttMs }, atMs),
    );
    expect(readings).toEqual([false, false, false, false, false, true]);
    expect(silence.read({ sentBytes: 9000, receivedBytes: 101, rttMs }, 3000)).toBe(false);
  });

  test("does not follow a time without sends, or a single acknowledgement", () => {
    const silence = new Silence();
    for (let atMs = 0; atMs < 60_000; atMs += 250) {
      const sentBytes = atMs < 500 ? 100 : 140;
      expect(silence.read({ sentBytes, receivedBytes: 100, rttMs }, atMs)).toBe(false);
    }
  });

  test("takes longer on a connection with long round trips", () => {
    const silence = new Silence();
    const at = (atMs: number) =>
      silence.read({ sentBytes: 100 + atMs, receivedBytes: 100, rttMs: 1500 }, atMs);
    expect([0, 1000, 2000, 3000, 4000, 5000].map(at)).not.toContain(true);
    expect(at(5600)).toBe(true);
  });
});

describe("the liveness monitor", () => {
  function watched(wire: Wire, dial: (signal: AbortSignal) => Promise<DialedPeer>) {
    const replaced: DialedPeer[] = [];
    const replace = (dialed: DialedPeer) => void replaced.push(dialed);
    const signs = new LivenessMonitor(wire.connection, { dial, replace });
    signs.watch();
    return { signs, replaced };
  }

  test("replaces a connection that does not answer probes while a new one works", async () => {
    const [wire, other] = [new Wire(), new Wire()];
    const { replaced } = watched(wire, async () => dialedTo(other));
    await wire.repeat(2000);
    expect(replaced).toEqual([]);
    await wire.repeat(3000);
    expect(replaced).toEqual([dialedTo(other)]);
    expect(wire.probes).toBe(5);
    expect(other.closed).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(replaced).toHaveLength(1);
  });

  test("keeps a connection that answers probes, and closes the new one", async () => {
    const [wire, other] = [new Wire(), new Wire()];
    const dial = async () => {
      wire.answers = true;
      return dialedTo(other);
    };
    const { replaced } = watched(wire, dial);
    await wire.repeat(5000);
    expect(replaced).toEqual([]);
    expect(wire.probes).toBe(1);
    expect(other.closed).toBe(1);
  });

  test("counts silence only from the first probe that was sent", async () => {
    const [wire, other] = [new Wire(), new Wire()];
    wire.full = true;
    const { replaced } = watched(wire, async () => dialedTo(other));
    await wire.repeat(2500);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(replaced).toEqual([]);
    expect(wire.probes).toBe(5);
    wire.send();
    await vi.advanceTimersByTimeAsync(900);
    expect(replaced).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(replaced).toEqual([dialedTo(other)]);
  });

  test("aborts the dial when the peer answers meanwhile", async () => {
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
    expect(wire.probes).toBe(0);
  });

  test("dials again after a pause when a dial fails", async () => {
    const wire = new Wire();
    const dial = vi.fn().mockRejectedValue(new Error("refused"));
    const { replaced } = watched(wire, dial);
    await wire.repeat(3000);
    expect(dial).toHaveBeenCalledTimes(1);
    await wire.repeat(4000);
    expect(dial).toHaveBeenCalledTimes(2);
    expect(replaced).toEqual([]);
  });

  test("checks less often while nothing is sent, and faster again at the next call", async () => {
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

  test("stops checking without calls, until the next call", async () => {
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

  test("starts another attempt beside one without an answer, and takes the first that succeeds", async () => {
    const wire = new Wire();
    const signals: AbortSignal[] = [];
    const limits: number[] = [];
    const dialed = hedgedDial(
      (timeoutMs, signal) => {
        signals.push(signal);
        limits.push(timeoutMs);
        return signals.length < 3 ? new Promise(() => {}) : Promise.resolve(dialedTo(wire));
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

  test("closes the connection of a later attempt", async () => {
    const [slow, quick] = [new Wire(), new Wire()];
    let finish: (dialed: DialedPeer) => void = () => {};
    let dials = 0;
    const dialed = hedgedDial(
      () => {
        dials += 1;
        if (dials > 1) return Promise.resolve(dialedTo(quick));
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
      20_000,
      never,
    );
    await vi.advanceTimersByTimeAsync(4000);
    expect((await dialed).connection).toBe(quick.connection);
    finish(dialedTo(slow));
    await vi.advanceTimersByTimeAsync(0);
    expect([slow.closed, quick.closed]).toEqual([1, 0]);
  });

  test("ends at a refusal and at the caller's signal", async () => {
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
