// Opens a bidi stream to the testkit at argv[2], sends one message, prints {"chatting":true} on its
// reply, and stays open.
import { AsterClient } from "@aster/rpc";
import { Testkit } from "@aster-apps/testkit";

const [address = ""] = process.argv.slice(2);
const client = await AsterClient.connect(address, { network: "none" });

async function* requests() {
  yield { text: "one" };
  await new Promise(() => {});
}

for await (const { text } of client.client(Testkit).chat(requests())) {
  process.stdout.write(`${JSON.stringify({ chatting: text === "one" })}\n`);
}
