// Servers with a root key: credentials, one-time tokens, revocation, renewal, producers.
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AdmissionGate, AsterClient, AsterServer, openGate, StatusCode } from "@aster/rpc";
import type { Denial } from "@aster/rpc/server";
import { type ServicePairOptions, servicePair } from "@aster/rpc/testing";
import { memoryNetwork } from "@aster/transport";
import { memoryPair } from "@aster/transport/testing";
import {
  type AdmissionOutcome,
  formatCredential,
  formatProducerCredential,
  formatRevocationList,
  generateRootKeypair,
  memoryNonceStore,
  type RootKeypair,
  signCredential,
  signProducerCredential,
  signRevocationList,
} from "@aster/trust";
import {
  PRODUCER_ADMISSION_ALPN,
  ProducerMesh,
  requestProducerAdmission,
} from "@aster/trust/admission";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { Probe, probe } from "../support/probe.ts";

let root: RootKeypair;
let rootPubkey: string;
let folder: string;
beforeAll(async () => {
  root = await generateRootKeypair();
  rootPubkey = root.publicKey;
  folder = await mkdtemp(join(tmpdir(), "aster-root-key-"));
});
afterAll(() => rm(folder, { recursive: true }));

const services = [probe()];
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

type Options = Omit<ServicePairOptions, "services">;
const pairOf = (options: Options) => servicePair({ services, ...options });

describe("a server with a root key", () => {
  test("admits peers with a credential of this key, and reports the others", async () => {
    const [outcomes, denials] = [[] as AdmissionOutcome[], [] as Denial[]];
    const options = {
      rootPubkey: rootPubkey.toUpperCase(),
      onAdmission: (outcome: AdmissionOutcome) => void outcomes.push(outcome),
      onDenied: (denial: Denial) => void denials.push(denial),
    };
    const credential = await signCredential(root.secretKey, { roles: ["ops"], name: "ada" });
    await using pair = await pairOf({ ...options, client: { credential } });
    expect(pair.client.attributes).toEqual({ "aster.role": "ops", "aster.name": "ada" });
    await pair.client.client(Probe).echo({ text: "a" });
    const other = await generateRootKeypair();
    const foreign = await signCredential(other.secretKey, { roles: ["ops"] });
    const over = await signCredential(root.secretKey, { expiresAt: inSeconds(-1) });
    for (const wrong of [undefined, "nonsense", foreign, over]) {
      const { code } = await failure(pairOf({ ...options, client: { credential: wrong } }));
      expect(code).toBe(StatusCode.UNAUTHENTICATED);
    }
    const causes = ["no-credential", "malformed", "wrong-root", "expired"];
    expect(outcomes.map(({ cause }) => cause)).toEqual([undefined, ...causes]);
    expect(denials).toMatchObject(causes.map((cause) => ({ gate: 1, cause })));
  });

  test("refuses options that contradict it or need it", async () => {
    const path = join(folder, "missing.json");
    const tokens = memoryNonceStore();
    const producers = new ProducerMesh({ rootPubkey });
    const closed: AdmissionGate = {
      open: false,
      admit: () => ({ admitted: false, reason: "closed" }),
    };
    const wrong: [string, Options][] = [
      ["gate", { rootPubkey, gate: openGate() }],
      ["gate", { gate: {} as never }],
      ["rootPubkey", { rootPubkey: "ab".repeat(31) }],
      ["rootPubkey", { rootPubkey: "00".repeat(32) }],
      ["tokens", { tokens }],
      ["producers", { producers }],
      ["revocations", { revocations: path }],
      ["revocations", { rootPubkey, revocations: path }],
      ["tokens", { rootPubkey, tokens, gate: closed }],
      ["renew", { rootPubkey, renew: 1 as never }],
    ];
    for (const [option, options] of wrong) {
      expect(await failure(pairOf(options))).toMatchObject({
        code: StatusCode.INVALID_ARGUMENT,
        details: { reason: "option.invalid", option },
      });
    }
  });

  test("admits a one-time token once", async () => {
    const credential = await signCredential(root.secretKey, { oneTime: true });
    const tokens = memoryNonceStore();
    await using pair = await pairOf({ rootPubkey, tokens, client: { credential } });
    await pair.client.client(Probe).echo({ text: "a" });
    const again = await failure(pairOf({ rootPubkey, tokens, client: { credential } }));
    expect(again.code).toBe(StatusCode.UNAUTHENTICATED);
    // the client does not present it again
    pair.server.revoke(pair.client.node.id);
    for (let call = 0; call < 3; call += 1) await failure(pair.client.client(Probe).echo({}));
    expect(pair.server.stats().admission).toMatchObject({ admitted: 1, denied: 0 });
  });

  test("ends the admissions of peers that a new list revokes", async () => {
    const path = join(folder, "revoked.json");
    const write = async (sequence: number, revoked: string[]) => {
      const list = await signRevocationList(root.secretKey, { sequence, revoked });
      await writeFile(`${path}.new`, formatRevocationList(list));
      await rename(`${path}.new`, path);
    };
    await write(1, []);
    const denials: Denial[] = [];
    const credential = await signCredential(root.secretKey, { roles: ["ops"] });
    await using pair = await pairOf({
      rootPubkey,
      revocations: path,
      onDenied: (denial) => void denials.push(denial),
      client: { credential },
    });
    const sleeping = failure(pair.client.client(Probe).sleep({ n: 60_000 }));
    await write(2, [pair.client.node.id]);
    expect((await sleeping).details).toEqual({ reason: "admission.lapsed" });
    await failure(pair.client.client(Probe).echo({}));
    await expect
      .poll(() => denials.map(({ cause }) => cause), { timeout: 5_000 })
      .toContain("revoked");
    await expect(
      AsterClient.connect(pair.server.address, {
        node: pair.client.node,
        credential,
      }),
    ).rejects.toMatchObject({ code: StatusCode.UNAUTHENTICATED });
  });

  test("renews the credential of a client, also after a one-time token", async () => {
    let issued = 0;
    const renew = (_: unknown, endpointId: string) => {
      issued += 1;
      return signCredential(root.secretKey, { endpointId, expiresAt: inSeconds(3) });
    };
    for (const oneTime of [false, true]) {
      issued = 0;
      const first = await signCredential(root.secretKey, { oneTime, expiresAt: inSeconds(3) });
      const states: string[] = [];
      await using pair = await pairOf({
        rootPubkey,
        renew,
        client: { credential: first, onStateChange: (state) => void states.push(state) },
      });
      expect(issued).toBe(oneTime ? 1 : 0);
      const until = performance.now() + 6_500;
      for await (const _ of pair.client.client(Probe).endless({ n: 20 })) {
        if (performance.now() > until) break;
      }
      expect(issued).toBeGreaterThanOrEqual(2);
      expect(states).toEqual([]);
    }
  }, 30_000);
});

describe("producers", () => {
  test("are admitted to the mesh, bound to their endpoint", async () => {
    const network = memoryNetwork();
    const [node, producer, stranger] = [
      await network.createNode(),
      await network.createNode(),
      await network.createNode(),
    ];
    const producers = new ProducerMesh({ rootPubkey });
    await using server = await AsterServer.start({ services, node, rootPubkey, producers });
    const credential = await signProducerCredential(root.secretKey, { endpointId: producer.id });
    const credentialJson = formatProducerCredential(credential);
    const request = async (from: typeof node) => {
      const options = { raw: true };
      const connection = await from.connect(server.address, PRODUCER_ADMISSION_ALPN, options);
      return requestProducerAdmission(connection, { credentialJson });
    };
    expect(await request(producer)).toMatchObject({
      salt: producers.salt,
      acceptedProducers: [node.id, producer.id].sort(),
    });
    await expect(request(stranger)).rejects.toMatchObject({ code: "denied" });
    expect(server.stats().producerAdmission).toMatchObject({ admitted: 1, denied: 1 });
    // that does not open gate 0
    await expect(producer.connect(server.address, "aster/1")).rejects.toMatchObject({
      applicationCode: 403,
    });
  });

  test("are not served without a root key", async () => {
    await using nodes = await memoryPair();
    const { server: node, client } = nodes;
    await using server = await AsterServer.start({ services, node, gate: openGate() });
    const options = { raw: true };
    const dial = client.connect(server.address, PRODUCER_ADMISSION_ALPN, options);
    await expect(dial).rejects.toMatchObject({ code: "connect" });
  });
});

test("a client presents a credential as text, too", async () => {
  const credential = formatCredential(await signCredential(root.secretKey, { roles: ["ops"] }));
  await using pair = await pairOf({ rootPubkey, client: { credential } });
  expect(pair.client.attributes).toEqual({ "aster.role": "ops" });
});
