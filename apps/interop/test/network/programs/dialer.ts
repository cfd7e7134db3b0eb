// Dials a peer many times at once and waits for the answers: `dialer.ts ADDRESS COUNT`.
import { RPC_ALPN } from "@aster/rpc/server";
import { createNode } from "@aster/transport";

const [address = "", count = "1"] = process.argv.slice(2);
await using node = await createNode({ network: "none" });
const dials = Array.from({ length: Number(count) }, () =>
  node.connect(address, RPC_ALPN, { timeoutMs: 120_000 }).catch(() => undefined),
);
process.stdout.write(`${JSON.stringify({ begun: dials.length })}\n`);
await Promise.all(dials);
