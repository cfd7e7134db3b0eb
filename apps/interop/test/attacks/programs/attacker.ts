// One hostile peer: attacks the testkit at argv[2] in the way that argv[3] names, until a line
// arrives on stdin. Then it leaves and prints the number of its steps.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { RawPeer } from "../../faults/support/raw-peer.ts";
import { attacks } from "../support/attacks.ts";

const [address = "", name = ""] = process.argv.slice(2);
const print = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);

const attack = attacks[name];
if (attack === undefined) throw new Error(`there is no attack ${name}`);
const { connections, streams, open } = attack();
let over = false;
let steps = 0;

/** Keeps `streams` streams open on one connection, and connects again when the server closes it. */
async function run(peer: RawPeer): Promise<void> {
  let running = 0;
  while (!over) {
    let lost = false;
    void peer.connection.closed.then(() => {
      lost = true;
    });
    while (!over && !lost) {
      while (running < streams && !lost) {
        running += 1;
        steps += 1;
        void open(peer).finally(() => {
          running -= 1;
        });
      }
      await sleep(1);
    }
    if (!over) await peer.reconnect().catch(() => sleep(100));
  }
}

const peers = await Promise.all(Array.from({ length: connections }, () => RawPeer.at(address)));
print({ attacking: true });
const runs = peers.map(run);
await once(createInterface({ input: process.stdin }), "line");
over = true;
await Promise.all(runs);
await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
print({ steps });
