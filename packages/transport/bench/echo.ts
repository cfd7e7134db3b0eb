// Measures the transport alone: two processes on loopback. Run `node bench/echo.ts` with a release
// build of crates/native.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Connection, createNode, formatAddress } from "../src/index.ts";

const ALPN = "bench";
/** Flags of the first frame of a channel, which select the answer of the server. */
const ECHO = 0;
const STREAM = 1;
const CPU = 2;
const MESSAGE = new Uint8Array(128).fill(7);
const STREAMED = 300_000;
const BULK_BYTES = 256 * 1024;
/** Channels that end without the client. */
const streaming = new WeakSet<object>();

if (process.argv[2] === "server") await serve();
else await measure();

async function serve(): Promise<void> {
  const node = await createNode({ network: "none" });
  const accepted = node.accept([ALPN]);
  process.send?.(formatAddress(node.address()));
  for await (const connection of accepted) {
    connection.accept((channel) => {
      channel.read({
        frame(flags, payload) {
          if (flags === STREAM) void stream(channel);
          else if (flags === CPU) channel.send(0, cpu());
          else channel.send(0, payload);
        },
        end: () => {
          if (!streaming.has(channel)) channel.end();
        },
        malformed: () => channel.reset(1),
        stopped: () => {},
        closed: () => {},
      });
    });
  }
}

async function stream(channel: ReturnType<Connection["open"]>): Promise<void> {
  streaming.add(channel);
  for (let sent = 0; sent < STREAMED; sent += 1) {
    if (!channel.send(0, MESSAGE)) await channel.drained();
  }
  channel.end();
}

function cpu(): Uint8Array {
  const { user, system } = process.cpuUsage();
  return new Uint8Array(new Float64Array([user + system]).buffer);
}

async function measure(): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ["server"]);
  const address = await new Promise<string>((resolve) => server.once("message", resolve));
  const node = await createNode({ network: "none" });
  const connection = await node.connect(address, ALPN);
  const cpuOfBoth = async (): Promise<number> => {
    const bytes = await once(connection, CPU, MESSAGE);
    return new Float64Array(bytes.slice().buffer)[0] ?? 0;
  };
  await run(connection, 64, 1_000, MESSAGE);
  const times = await latencies(connection, 5_000);
  const at = (part: number): string => (times[Math.floor(times.length * part)] ?? 0).toFixed(0);
  console.log(`one at a time: p50 ${at(0.5)} us, p99 ${at(0.99)} us`);
  for (const concurrency of [1, 16, 64, 256]) {
    const [own, theirs] = [process.cpuUsage(), await cpuOfBoth()];
    const { calls, seconds } = await run(connection, concurrency, 2_000, MESSAGE);
    const used = process.cpuUsage(own);
    const us = used.user + used.system + (await cpuOfBoth()) - theirs;
    const rate = Math.round(calls / seconds);
    console.log(`c${concurrency}: ${rate} calls/s, ${(us / calls).toFixed(1)} us CPU per call`);
  }
  for (let round = 0; round < 3; round += 1) {
    const before = performance.now();
    let messages = 0;
    await once(connection, STREAM, MESSAGE, () => {
      messages += 1;
    });
    const seconds = (performance.now() - before) / 1000;
    console.log(`server stream: ${Math.round(messages / seconds)} messages/s`);
  }
  const bulk = await run(connection, 8, 3_000, new Uint8Array(BULK_BYTES));
  const mib = (bulk.calls * BULK_BYTES) / 2 ** 20 / bulk.seconds;
  console.log(`bulk echo, 256 KiB x 8: ${mib.toFixed(0)} MiB/s each way`);
  console.log(`memory: ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`);
  await node.close();
  server.kill();
}

async function latencies(connection: Connection, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < count; call += 1) {
    const before = performance.now();
    await once(connection, ECHO, MESSAGE);
    times.push((performance.now() - before) * 1000);
  }
  return times.sort((a, b) => a - b);
}

/** Keeps `concurrency` calls under way for `forMs`. */
function run(
  connection: Connection,
  concurrency: number,
  forMs: number,
  payload: Uint8Array,
): Promise<{ calls: number; seconds: number }> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let calls = 0;
    let open = 0;
    const next = (): void => {
      open += 1;
      const sink = {
        frame() {},
        end() {
          calls += 1;
          open -= 1;
          if (performance.now() - start < forMs) next();
          else if (open === 0) resolve({ calls, seconds: (performance.now() - start) / 1000 });
        },
        malformed: reject,
        stopped() {},
        closed: reject,
      };
      connection.open(sink).send(ECHO, payload, true);
    };
    for (let count = 0; count < concurrency; count += 1) next();
  });
}

/** Makes one call. Resolves with the last frame. */
function once(
  connection: Connection,
  flags: number,
  payload: Uint8Array,
  onFrame: () => void = () => {},
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let last = new Uint8Array(0);
    const channel = connection.open({
      frame(_flags, frame) {
        last = frame.slice();
        onFrame();
      },
      end: () => resolve(last),
      malformed: reject,
      stopped: () => {},
      closed: reject,
    });
    channel.send(flags, payload, true);
  });
}
