import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AsterClient, type AsterServer, RpcError, StatusCode } from "@aster/rpc";
import { Member, Room } from "../src/contract.ts";
import { startServer } from "../src/services.ts";

let server: AsterServer;
let client: AsterClient;
before(async () => {
  server = await startServer({ network: "none", bindAddress: "127.0.0.1:0" });
  client = await AsterClient.connect(server.address, { network: "none" });
});
after(async () => {
  await client.close();
  await server.close();
});

test("a message is read by others", async () => {
  const room = client.client(Room);
  await room.post({ author: "Ada", text: "hello" });
  const texts: string[] = [];
  for await (const { text } of room.read({ limit: 1 })) texts.push(text);
  assert.deepEqual(texts, ["hello"]);
});

test("a member has a name as long as the session lasts", async () => {
  const ada = await client.session(Member);
  await assert.rejects(ada.say({ text: "hi" }), { code: StatusCode.FAILED_PRECONDITION });
  assert.deepEqual(await ada.join({ name: "Ada" }), { members: ["Ada"] });
  const other = await client.session(Member);
  await assert.rejects(other.join({ name: "Ada" }), (error) => error instanceof RpcError);
  const said = await ada.say({ text: "hi" });
  assert.ok(said.number > 0);
  await ada.close();
  await other.close();
});

test("a request that does not fit is refused", async () => {
  const refused = client.client(Room).post({ author: "", text: "x" });
  await assert.rejects(refused, { code: StatusCode.INVALID_ARGUMENT });
});
