import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNode, generateSecretKey } from "@aster/transport";
import { gossipOf } from "@aster/transport/gossip";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ProducerMesh } from "../../src/admission.ts";
import {
  formatRevocationList,
  generateRootKeypair,
  Revocations,
  signRevocationList,
} from "../../src/index.ts";
import {
  encodeNotice,
  encodeProducerMessage,
  type ProducerNotice,
  REVOCATIONS_ALPN,
  signProducerMessage,
} from "../../src/mesh.ts";
import { TestMember } from "./support/member.ts";

const root = await generateRootKeypair();
const rootPubkey = root.publicKey;
const patient = { timeout: 30_000, interval: 20 };
const [someone, another] = ["ab".repeat(32), "cd".repeat(32)] as const;

const many = Array.from({ length: 2_000 }, (_, index) => index.toString(16).padStart(64, "0"));

const listOf = async (sequence: number, revoked: readonly string[]) =>
  formatRevocationList(await signRevocationList(root.secretKey, { sequence, revoked }));

const open: TestMember[] = [];

async function member(options: Parameters<typeof TestMember.open>[1] = {}): Promise<TestMember> {
  const opened = await TestMember.open(root, options);
  open.push(opened);
  return opened;
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aster-mesh-"));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true });
});

describe("a mesh of five producers", { timeout: 120_000 }, () => {
  test("knows all members, and spreads each new list of revoked endpoints", async () => {
    const founder = await member();
    const others: TestMember[] = [];
    for (let count = 0; count < 4; count += 1) {
      others.push(await member({ bootstrap: [founder.address] }));
    }
    const all = [founder, ...others];
    const ids = all.map(({ node }) => node.id).sort();
    await vi.waitFor(() => {
      for (const { member: one } of all) expect(one.mesh.producers).toEqual(ids);
    }, patient);
    // the list arrives at the producer that joined last
    others.at(-1)?.revocations.accept(await listOf(1, [someone]));
    await vi.waitFor(() => {
      for (const { revocations } of all) expect(revocations.list?.sequence).toBe(1);
    }, patient);
    founder.revocations.accept(await listOf(2, [someone, another]));
    await vi.waitFor(() => {
      for (const { revocations } of all) expect(revocations.isRevoked(another)).toBe(true);
    }, patient);
    // too long for a message, so that it is fetched
    founder.revocations.accept(await listOf(3, [another, ...many]));
    await vi.waitFor(() => {
      for (const { revocations } of all) expect(revocations.list?.sequence).toBe(3);
    }, patient);
    expect(others[0]?.revocations.isRevoked(many[0] ?? "")).toBe(true);
    // one that joins later has it at once
    const late = await member({ bootstrap: [founder.address] });
    expect(late.revocations.list?.sequence).toBe(3);
  });

  test("removes a producer that is revoked or departs", async () => {
    const founder = await member();
    const bootstrap = [founder.address];
    const [kept, revoked, leaving] = [
      await member({ bootstrap }),
      await member({ bootstrap }),
      await member({ bootstrap }),
    ];
    await vi.waitFor(() => {
      for (const { member: one } of open) expect(one.mesh.producers).toHaveLength(4);
      for (const { member: one } of open) expect(one.stats().neighbors).toBeGreaterThan(0);
    }, patient);
    await leaving.member.close();
    await vi.waitFor(() => {
      for (const { member: one } of [founder, kept]) {
        expect(one.mesh.has(leaving.node.id)).toBe(false);
      }
    }, patient);
    kept.revocations.accept(await listOf(1, [revoked.node.id]));
    await vi.waitFor(() => expect(founder.member.mesh.has(revoked.node.id)).toBe(false), patient);
    // it may not fetch lists any more, and its messages do not count
    const connection = await revoked.node.connect(founder.address, REVOCATIONS_ALPN, { raw: true });
    expect(await connection.closed).toMatchObject({ applicationCode: 403 });
    await expect(member({ bootstrap, secretKey: revoked.secretKey })).rejects.toMatchObject({
      code: "denied",
    });
  });
});

describe("a producer", { timeout: 120_000 }, () => {
  test("tells the others about its contracts and leases", async () => {
    const notices: [ProducerNotice, string][] = [];
    const founder = await member({ onNotice: (notice, sender) => notices.push([notice, sender]) });
    const lease = {
      kind: "leaseUpdate",
      service: "Hello",
      version: 1,
      contractId: someone,
      health: "ready",
      addresses: { rpc: "aster1x" },
    } as const;
    const joined = await member({ bootstrap: [founder.address], leases: () => [lease] });
    await vi.waitFor(() => expect(notices).toContainEqual([lease, joined.node.id]), patient);
    const contract = {
      kind: "contractPublished",
      service: "Hello",
      version: 1,
      collectionHash: another,
    } as const;
    await joined.member.announce(contract);
    await vi.waitFor(() => expect(notices).toContainEqual([contract, joined.node.id]), patient);
  });

  test("keeps salt, members and list in its state folder", async () => {
    const secretKey = generateSecretKey();
    const first = await TestMember.open(root, { secretKey, stateDir: folder });
    const guest = await member({ bootstrap: [first.address] });
    first.revocations.accept(await listOf(3, [someone]));
    const { salt } = first.member.mesh;
    await first[Symbol.asyncDispose]();
    const path = join(folder, "mesh_state.json");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const state = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    expect(state).toMatchObject({
      accepted_producers: [first.node.id, guest.node.id].sort(),
      salt,
      topic_id: first.member.mesh.topic,
      mesh_dead: false,
    });
    const again = await member({ secretKey, stateDir: folder });
    expect(again.member.mesh.salt).toBe(salt);
    expect(again.member.mesh.has(guest.node.id)).toBe(true);
    expect(again.revocations.list?.sequence).toBe(3);
    const foreign = await generateRootKeypair();
    await expect(TestMember.open(foreign, { stateDir: folder })).rejects.toMatchObject({
      code: "revocation",
    });
  });

  test("without a state needs a member that answers; with one it goes on alone", async () => {
    const gone = await TestMember.open(root);
    const { address } = gone;
    const secretKey = generateSecretKey();
    const joined = await TestMember.open(root, {
      secretKey,
      bootstrap: [address],
      stateDir: folder,
    });
    await joined[Symbol.asyncDispose]();
    await gone[Symbol.asyncDispose]();
    await expect(TestMember.open(root, { bootstrap: [address] })).rejects.toMatchObject({
      code: expect.stringMatching(/connect|timeout/),
    });
    const again = await member({ secretKey, bootstrap: [address], stateDir: folder });
    expect(again.member.mesh.salt).toBe(gone.member.mesh.salt);
    expect(again.problems).toHaveLength(1);
  });

  test("refuses options that cannot be used", async () => {
    const stranger = await generateRootKeypair();
    await expect(TestMember.open(root, { replayWindowMs: 0 })).rejects.toThrow(/replayWindowMs/);
    await expect(
      TestMember.open(stranger, {
        mesh: new ProducerMesh({ rootPubkey }),
        revocations: new Revocations({ rootPubkey }),
      }),
    ).rejects.toThrow(/another root key/);
  });
});

describe("the topic of a mesh", { timeout: 120_000 }, () => {
  test("ignores and counts messages of strangers, and forged ones of members", async () => {
    const founder = await member();
    const { node, member: one } = founder;
    const strangerKey = generateSecretKey();
    await using stranger = await createNode({
      network: "none",
      bindAddress: "127.0.0.1:0",
      protocols: ["gossip"],
      secretKey: strangerKey,
    });
    using topic = gossipOf(stranger).join(one.mesh.topic, { peers: [founder.address] });
    await topic.joined();
    const depart = encodeNotice({ kind: "depart", reason: "" });
    const own = signProducerMessage(strangerKey, { ...depart, epochMs: Date.now() });
    await topic.broadcast(encodeProducerMessage(own));
    await topic.broadcast(encodeProducerMessage({ ...own, sender: node.id }));
    await topic.broadcast(Buffer.from("{}"));
    const member2 = await member({ bootstrap: [founder.address] });
    await topic.broadcast(encodeProducerMessage({ ...own, sender: member2.node.id }));
    await vi.waitFor(() => {
      const { ignored } = one.stats();
      expect(ignored).toMatchObject({ stranger: 1, signature: 1, malformed: 1, replayed: 1 });
    }, patient);
    expect(one.mesh.has(member2.node.id)).toBe(true);
  });
});
