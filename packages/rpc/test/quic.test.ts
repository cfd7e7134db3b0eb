import { AsterClient, AsterServer } from "@aster/rpc";
import { expect, test } from "vitest";
import { Greeter, greeter } from "./greeter.ts";

test("over QUIC", async () => {
  await using server = await AsterServer.start({ services: [greeter] });
  await using client = await AsterClient.connect(server.address);
  const hello = client.client(Greeter);
  expect(await hello.sayHello({ name: "Ada" })).toEqual({ message: "Hello, Ada!" });
  const seen: number[] = [];
  for await (const { n } of hello.countdown({ n: 3 })) seen.push(n);
  expect(seen).toEqual([3, 2, 1]);
  expect(await hello.total([{ n: 1 }, { n: 2 }])).toEqual({ total: 3, items: 2 });
  const replies: string[] = [];
  for await (const { message } of hello.chat([{ name: "a" }, { name: "b" }])) replies.push(message);
  expect(replies).toEqual(["Hello, a!", "Hello, b!"]);
  expect(await client.proxy("Greeter").sayHello({ name: "Json" })).toEqual({ message: "Hello, Json!" });
});
