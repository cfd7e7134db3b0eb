// Prints its address, answers calls on ALPN "echo", and never answers those on "silent".
import { createNode, formatAddress } from "../../../src/index.ts";
import { answer } from "../calls.ts";

const mute = { frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} };
const node = await createNode({ idleTimeoutMs: 15_000 });
const accepted = node.accept(["echo", "silent"]);
console.log(formatAddress(node.address()));
for await (const connection of accepted) {
  if (connection.alpn === "echo") connection.accept(answer);
  else connection.accept((channel) => channel.read(mute));
}
