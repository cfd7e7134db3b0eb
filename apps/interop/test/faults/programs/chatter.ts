// Opens a bidi stream to the testkit at argv[2], says one thing, prints {"chatting":true} for the answer, and stays.
import { AsterClient } from "@aster/rpc";
import { Testkit } from "../../../src/service.ts";

const [address = ""] = process.argv.slice(2);
const client = await AsterClient.connect(address, { network: "none" });

async function* requests() {
  yield { text: "one" };
  await new Promise(() => {});
}

for await (const { text } of client.client(Testkit).chat(requests())) {
  process.stdout.write(`${JSON.stringify({ chatting: text === "one" })}\n`);
}
