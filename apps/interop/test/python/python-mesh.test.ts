// The mesh of producers, between this package and the Python package.
import {
  createNode,
  endpointIdOf,
  formatAddress,
  generateSecretKey,
  type Node,
} from "@aster/transport";
import {
  formatProducerCredential,
  generateRootKeypair,
  producerGate,
  Revocations,
  signProducerCredential,
} from "@aster/trust";
import {
  PRODUCER_ADMISSION_ALPN,
  ProducerMesh,
  serveProducerAdmission,
} from "@aster/trust/admission";
import { joinMesh, ProducerMessageType, type ProducerNotice } from "@aster/trust/mesh";
import { PythonCommands, pythonWithAster } from "@aster-apps/conformance/python";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const script = new URL("../../python/mesh.py", import.meta.url);
const environment = await pythonWithAster();
const root = await generateRootKeypair();
const rootPubkey = root.publicKey;
const patient = { timeout: 30_000, interval: 20 };
const lease = {
  kind: "leaseUpdate",
  service: "Hello",
  version: 1,
  contractId: "ab".repeat(32),
  health: "ready",
  addresses: { rpc: "aster1x" },
} as const;
const leaseEvent = [
  "lease_update",
  {
    service_name: "Hello",
    version: 1,
    contract_id: "ab".repeat(32),
    health_status: "ready",
    addressing_info: { rpc: "aster1x" },
  },
];

interface Started {
  readonly address: { readonly endpointId: string; readonly directAddresses: readonly string[] };
  readonly topic: string;
}

describe.skipIf("missing" in environment)(
  "a mesh with the Python package",
  { timeout: 120_000 },
  () => {
    const secretKey = generateSecretKey();
    const pythonKey = generateSecretKey();
    const pythonId = endpointIdOf(pythonKey);
    let python: PythonCommands;
    let started: Started;
    let node: Node;
    let revocations: Revocations;
    let notices: [ProducerNotice, string][];

    beforeEach(async () => {
      if ("missing" in environment) return;
      notices = [];
      revocations = new Revocations({ rootPubkey });
      const bindAddress = "127.0.0.1:0";
      node = await createNode({ network: "none", bindAddress, protocols: ["gossip"], secretKey });
      python = await PythonCommands.start(environment.path, script);
      const command = { op: "start", secretKey: hexOf(pythonKey), root: rootPubkey };
      started = (await python.do(command)) as Started;
    });

    afterEach(async () => {
      await node.close();
      await python[Symbol.asyncDispose]();
    });

    test("is joined through a Python producer, which reads the messages", async () => {
      // joining a topic ends with the first neighbor
      const listening = python.do({ op: "listen" });
      const heard = listening.then(() =>
        python.do({ op: "hear", type: ProducerMessageType.leaseUpdate }),
      );
      const credential = await signProducerCredential(root.secretKey, { endpointId: node.id });
      const mesh = new ProducerMesh({ rootPubkey, isJoining: true });
      await using member = await joinMesh(node, {
        mesh,
        revocations,
        secretKey,
        credential,
        bootstrap: [formatAddress(started.address)],
        leases: () => [lease],
        onNotice: (notice, sender) => notices.push([notice, sender]),
      });
      expect(member.mesh.topic).toBe(started.topic);
      expect(member.mesh.producers).toEqual([node.id, pythonId].sort());
      expect(await heard).toEqual({
        sender: node.id,
        isSigned: true,
        events: [leaseEvent],
        members: [node.id, pythonId].sort(),
      });
      const departed = python.do({ op: "hear", type: ProducerMessageType.depart });
      await member.close();
      expect(await departed).toMatchObject({ isSigned: true, members: [pythonId] });
    });

    test("admits a Python producer and reads its messages", async () => {
      const mesh = new ProducerMesh({ rootPubkey });
      const gate = producerGate({ rootPubkey, revocations });
      const incoming = node.accept([PRODUCER_ADMISSION_ALPN], { raw: [PRODUCER_ADMISSION_ALPN] });
      void (async () => {
        for await (const connection of incoming) serveProducerAdmission(connection, { gate, mesh });
      })();
      await using member = await joinMesh(node, {
        mesh,
        revocations,
        secretKey,
        onNotice: (notice, sender) => notices.push([notice, sender]),
      });
      const credential = await signProducerCredential(root.secretKey, { endpointId: pythonId });
      const answer = await python.do({
        op: "join",
        address: formatAddress(node.address()),
        peer: node.id,
        credential: formatProducerCredential(credential),
      });
      expect(answer).toMatchObject({
        accepted: true,
        salt: mesh.salt,
        topic: mesh.topic,
        accepted_producers: [node.id, pythonId].sort(),
      });
      await member.joined();
      const payload = JSON.stringify((leaseEvent as [string, object])[1]);
      await python.do({ op: "say", type: ProducerMessageType.leaseUpdate, payload });
      await vi.waitFor(() => expect(notices).toContainEqual([lease, pythonId]), patient);
      await python.do({ op: "say", type: ProducerMessageType.introduce, payload: "rcan" });
      await python.do({ op: "say", type: ProducerMessageType.contractPublished, payload: "{}" });
      await vi.waitFor(() => expect(member.stats().ignored).toEqual({ malformed: 1 }), patient);
      expect(mesh.has(pythonId)).toBe(true);
      await python.do({ op: "say", type: ProducerMessageType.depart, payload: '{"reason":"bye"}' });
      await vi.waitFor(() => expect(mesh.has(pythonId)).toBe(false), patient);
    });
  },
);

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
