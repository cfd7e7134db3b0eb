// Dials a server again and again from one address, and never finishes a handshake:
// `half-open.ts ADDRESS`. The answers of the server are dropped, except the one that makes the
// dialer prove its address.
import { createSocket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { RPC_ALPN } from "@aster/rpc/server";
import { createNode, parseAddress } from "@aster/transport";

/** The form bit and the type of a long header; the bit between them may have any value. */
const LONG_TYPE = 0xb0;
const INITIAL = 0x80;
const RETRY = 0xb0;
/** Another address than that of the newcomers, where the system has more than one for itself. */
const ATTACKER = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1";
const DIALS_AT_ONCE = 300;
const DIAL_MS = 500;

const { endpointId, directAddresses } = parseAddress(process.argv[2] ?? "");
const target = directAddresses.find((one) => one.startsWith("127.0.0.1:")) ?? "";
const targetPort = Number(target.split(":")[1]);

const [near, far] = [createSocket("udp4"), createSocket("udp4")];
/** The connection ids of forwarded first packets; later ones would finish or close the dial. */
const forwarded = new Set<string>();
let dialerPort = 0;

near.on("message", (packet, { port }) => {
  dialerPort = port;
  if (((packet[0] ?? 0) & LONG_TYPE) !== INITIAL) return;
  const id = packet.toString("latin1", 6, 6 + (packet[5] ?? 0));
  if (forwarded.has(id)) return;
  forwarded.add(id);
  far.send(packet, targetPort, "127.0.0.1");
});
far.on("message", (packet) => {
  if (((packet[0] ?? 0) & LONG_TYPE) === RETRY) near.send(packet, dialerPort, "127.0.0.1");
});
await new Promise<void>((resolve) => near.bind(0, "127.0.0.1", resolve));
await new Promise<void>((resolve) => far.bind(0, ATTACKER, resolve));

const proxy = { endpointId, directAddresses: [`127.0.0.1:${near.address().port}`] };
setInterval(() => process.stdout.write(`${JSON.stringify({ sent: forwarded.size })}\n`), 250);
for (;;) {
  const node = await createNode({ network: "none", bindAddress: "127.0.0.1:0" });
  for (let dial = 0; dial < DIALS_AT_ONCE; dial += 1) {
    node.connect(proxy, RPC_ALPN, { timeoutMs: DIAL_MS }).catch(() => {});
  }
  await sleep(DIAL_MS + 100);
  await node.close();
}
