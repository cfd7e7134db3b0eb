import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AsterClient, type AsterServer, StatusCode } from "@aster/rpc";
import { makeKeys } from "../src/keys.ts";
import { Sensors } from "../src/sensors.ts";
import { startServer } from "../src/server.ts";

let keys: string;
let server: AsterServer;
before(async () => {
  keys = await mkdtemp(join(tmpdir(), "mesh-"));
  await makeKeys(keys);
  server = await startServer(keys, { network: "none", bindAddress: "127.0.0.1:0" });
});
after(async () => {
  await server.close();
  await rm(keys, { recursive: true });
});

const connect = (name: string): Promise<AsterClient> =>
  AsterClient.connect(server.address, {
    network: "none",
    identity: join(keys, `${name}.identity`),
  });

test("a client reads, and only an operator resets", async () => {
  const client = await connect("client");
  assert.equal((await client.client(Sensors).read({})).count, 1);
  const denied = client.client(Sensors).reset({});
  await assert.rejects(denied, { code: StatusCode.PERMISSION_DENIED });
  await client.close();
  const operator = await connect("operator");
  assert.deepEqual(await operator.client(Sensors).reset({}), { cleared: 1 });
  await operator.close();
});

test("a node without a credential is not admitted", async () => {
  const stranger = AsterClient.connect(server.address, { network: "none", identity: false });
  await assert.rejects(stranger, { code: StatusCode.UNAUTHENTICATED });
});

test("the keys that exist are kept", async () => {
  await makeKeys(keys);
  const client = await connect("client");
  await client.client(Sensors).read({});
  await client.close();
});
