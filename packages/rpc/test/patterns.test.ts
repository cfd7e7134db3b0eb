import { createLocalClient, Server } from "@aster/rpc";
import { expect, test } from "vitest";
import { Greeter, greeter } from "./greeter.ts";

test("four patterns", async () => {
  const server = new Server({ services: [greeter] });
  const client = createLocalClient(Greeter, server);
  expect(await client.sayHello({ name: "Ada" })).toEqual({ message: "Hello, Ada!" });
  const seen: number[] = [];
  for await (const { n } of client.countdown({ n: 3 })) seen.push(n);
  expect(seen).toEqual([3, 2, 1]);
  expect(await client.total([{ n: 1 }, { n: 2 }])).toEqual({ total: 3, items: 2 });
  const replies: string[] = [];
  for await (const { message } of client.chat([{ name: "a" }, { name: "b" }]))
    replies.push(message);
  expect(replies).toEqual(["Hello, a!", "Hello, b!"]);
  server.close();
});
