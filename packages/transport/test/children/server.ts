// Prints its address, answers calls on ALPN "echo", and holds those on "silent".
import { createNode, formatAddress } from "../../src/index.ts";
import { answer } from "../calls.ts";

const mute = { frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} };
const node = await createNode({ idleTimeoutMs: 15_000 });
console.log(formatAddress(node.address()));
for await (const connection of node.accept(["echo", "silent"])) {
  if (connection.alpn === "echo") connection.accept(answer);
  else connection.accept((channel) => channel.read(mute));
}
