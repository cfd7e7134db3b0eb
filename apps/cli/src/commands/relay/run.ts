import { setTimeout as sleep } from "node:timers/promises";
import { interruption, usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { wholeNumber } from "../../registry/open.ts";
import { Relay } from "../../relay/relay.ts";

export const run: Run = async (context, { options }) => {
  const { interrupted } = context.host;
  const { bind = "", forMs } = options as Record<string, string | undefined>;
  const limitMs = forMs === undefined ? undefined : wholeNumber("for-ms", forMs);
  const [, ipv6, ipv4, port] = /^(?:\[([\da-f:]+)\]|([\d.]+)):(\d{1,5})$/i.exec(bind) ?? [];
  const host = ipv6 ?? ipv4;
  if (host === undefined || Number(port) > 0xffff) {
    throw usageFailure(`--bind takes ip:port, not "${bind}"`);
  }
  await using relay = await started(host, Number(port), ({ event, endpointId, connections }) => {
    if (context.json) context.line(JSON.stringify({ event, endpointId, connections }));
    else context.line(`${event} ${endpointId}`);
  });
  context.result({ url: relay.url }, `relay ${relay.url}`);
  // a timer without an end keeps the process running
  const ends = limitMs ?? 2 ** 31 - 1;
  await sleep(ends, undefined, { signal: interrupted }).catch(() => {});
  const { datagrams, dropped } = relay.stats();
  context.note(`${datagrams} datagrams passed on, ${dropped} dropped`);
  if (interrupted.aborted) throw interruption();
  return 0;
};

async function started(...args: Parameters<typeof Relay.start>): Promise<Relay> {
  try {
    return await Relay.start(...args);
  } catch (cause) {
    const { message } = cause as Error;
    throw usageFailure(`the relay cannot be started: ${message}`, "name a free port with --bind");
  }
}
