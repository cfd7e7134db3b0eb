// One hostile process: `attacker.ts ADDRESS`. A line on stdin names the attack that it begins, and
// `stop` ends it. It answers with the number of its steps.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, Node } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { type Attack, attacks } from "../support/attacks.ts";

const [address = ""] = process.argv.slice(2);
const print = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
let over = true;
let steps = 0;

/** Opens a stream. A lost connection ends it. */
async function step({ open }: Attack, connection: Connection): Promise<void> {
  steps += 1;
  try {
    await open(connection);
  } catch {
    await sleep(1);
  }
}

/** Keeps streams open on one connection until the server closes it. */
async function use(attack: Attack, connection: Connection): Promise<void> {
  let running = 0;
  let lost = false;
  void connection.closed.then(() => {
    lost = true;
  });
  while (!over && !lost) {
    for (; running < attack.streams && !lost; running += 1) {
      void step(attack, connection).finally(() => {
        running -= 1;
      });
    }
    await sleep(1);
  }
}

/** Connects again and again. */
async function run(attack: Attack, node: Node): Promise<void> {
  while (!over) {
    try {
      await use(attack, await node.connect(address, attack.alpn, { raw: true, timeoutMs: 2_000 }));
    } catch {
      await sleep(100);
    }
  }
}

async function attack(name: string): Promise<void> {
  const made = attacks[name]?.();
  if (made === undefined) throw new Error(`there is no attack ${name}`);
  over = false;
  steps = 0;
  const nodes = await Promise.all(Array.from({ length: made.keys }, () => loopbackNode()));
  const runs = nodes.flatMap((node) =>
    Array.from({ length: made.connections }, () => run(made, node)),
  );
  print({ attacking: name });
  while (!over) await sleep(10);
  await Promise.all(nodes.map((node) => node.close()));
  await Promise.all(runs);
  print({ steps });
}

print({ ready: true });
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command: string = JSON.parse(line);
    if (command === "stop") over = true;
    else void attack(command);
  })
  .on("close", () => process.exit());
