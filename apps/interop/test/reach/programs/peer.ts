// A program on a host of a test. It runs one command of JSON per line and answers it with a line:
// `{"id":1,"serve":{…}}` with `{"id":1,"result":…}` or `{"id":1,"error":…}`. The commands are the
// methods of `Peer`.
import { createInterface } from "node:readline";
import { Peer } from "../support/peer.ts";

const peer = new Peer();

async function run({ id, ...command }: { readonly id: number }): Promise<void> {
  const [[name = "", argument] = []] = Object.entries(command);
  try {
    const result = (await peer.run(name, argument)) ?? null;
    process.stdout.write(`${JSON.stringify({ id, result })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ id, error: String(error) })}\n`);
  }
}

createInterface({ input: process.stdin })
  .on("line", (line) => void run(JSON.parse(line)))
  .on("close", () => process.exit());
