import assert from "node:assert/strict";
import { test } from "node:test";
import { AsterClient } from "@aster/rpc";
import { Greeter } from "../src/greeter.ts";
import { startServer } from "../src/server.ts";

test("greets by name and counts down", async () => {
  const server = await startServer({ network: "none", bindAddress: "127.0.0.1:0" });
  const client = await AsterClient.connect(server.address, { network: "none" });
  const greeter = client.client(Greeter);
  assert.deepEqual(await greeter.sayHello({ name: "Ada" }), { message: "Hello, Ada!" });
  const left: number[] = [];
  for await (const reply of greeter.countdown({ from: 2 })) left.push(reply.left);
  assert.deepEqual(left, [2, 1, 0]);
  await client.close();
  await server.close();
});
