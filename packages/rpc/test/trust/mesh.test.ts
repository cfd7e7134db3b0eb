import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wireType } from "@aster/codec";
import { defineService, unary } from "@aster/contract";
import { endpointIdOf, generateSecretKey } from "@aster/transport";
import {
  formatCredential,
  formatRevocationList,
  generateRootKeypair,
  signCredential,
  signProducerCredential,
  signRevocationList,
} from "@aster/trust";
import { writeCredential } from "@aster/trust/files";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { AsterClient } from "../../src/aster-client.ts";
import { AsterServer } from "../../src/aster-server.ts";
import { AsterConfig } from "../../src/config/aster-config.ts";
import { implement } from "../../src/server/implement.ts";
import { StatusCode } from "../../src/status.ts";

const Text = wireType("mesh.test/Text", { text: z.string() });
const Waiter = defineService("Waiter", { version: 1 }, { wait: unary(Text, Text) });

const root = await generateRootKeypair();
const rootPubkey = root.publicKey;
const patient = { timeout: 30_000, interval: 20 };
const place = { network: "none", bindAddress: "127.0.0.1:0", identity: false } as const;

const services = () => [
  implement(Waiter, {
    wait: (_request, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  }),
];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aster-mesh-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("servers of one mesh", { timeout: 120_000 }, () => {
  test("end the calls of a consumer that is revoked at another one of them", async () => {
    await using founder = await AsterServer.start({
      services: services(),
      rootPubkey,
      mesh: {},
      ...place,
    });
    const secretKey = generateSecretKey();
    const path = join(folder, "producer.cred");
    const endpointId = endpointIdOf(secretKey);
    await writeCredential(path, await signProducerCredential(root.secretKey, { endpointId }));
    const config = AsterConfig.fromEnv({
      ASTER_ENROLLMENT: path,
      ASTER_MESH_BOOTSTRAP: founder.address,
      ASTER_MESH_STATE_DIR: folder,
      ASTER_REPLAY_WINDOW_MS: "20000",
    });
    await using joined = await AsterServer.start({
      services: services(),
      rootPubkey,
      secretKey,
      config,
      ...place,
    });
    expect(joined.mesh.mesh.salt).toBe(founder.mesh.mesh.salt);
    await vi.waitFor(() => expect(founder.mesh.stats().neighbors).toBe(1), patient);
    const credential = formatCredential(await signCredential(root.secretKey));
    await using client = await AsterClient.connect(joined.address, { ...place, credential });
    const waiting = client.client(Waiter).wait({ text: "" });
    const outcome = waiting.then(
      () => undefined,
      (error: unknown) => error,
    );
    await vi.waitFor(() => expect(joined.stats().calls).toBe(1), patient);
    const revoked = [client.node.id];
    const list = await signRevocationList(root.secretKey, { sequence: 1, revoked });
    founder.mesh.revocations.accept(formatRevocationList(list));
    expect(await outcome).toMatchObject({ code: StatusCode.UNAUTHENTICATED });
    await expect(
      AsterClient.connect(joined.address, { node: client.node, credential }),
    ).rejects.toMatchObject({ code: StatusCode.UNAUTHENTICATED });
    await joined.close();
    const state = await readFile(join(folder, "mesh_state.json"), "utf8");
    expect(JSON.parse(state)).toMatchObject({ salt: founder.mesh.mesh.salt });
  });

  test("refuse a mesh without a root key, and one that they are not in", async () => {
    const starting = AsterServer.start({ services: services(), mesh: {}, ...place });
    await expect(starting).rejects.toMatchObject({
      code: StatusCode.INVALID_ARGUMENT,
      details: { option: "rootPubkey" },
    });
    const without = { services: services(), rootPubkey, mesh: { bootstrap: ["x".repeat(10)] } };
    await expect(AsterServer.start({ ...without, ...place })).rejects.toThrow(/credential/);
    await using alone = await AsterServer.start({ services: services(), rootPubkey, ...place });
    expect(() => alone.mesh).toThrow(/no mesh/);
  });
});

test("a client dials the address of the setting for @aster", async () => {
  await using server = await AsterServer.start({
    services: services(),
    rootPubkey,
    ...place,
  });
  const credential = formatCredential(await signCredential(root.secretKey));
  const config = AsterConfig.fromEnv({ ASTER_SERVICE_ADDRESS: server.address });
  await using client = await AsterClient.connect("@aster", { ...place, config, credential });
  expect(client.services).toMatchObject([{ name: "Waiter" }]);
  const unset = { ...place, config: AsterConfig.fromEnv({}), credential };
  await expect(AsterClient.connect("@aster", unset)).rejects.toThrow(/ASTER_SERVICE_ADDRESS/);
});
