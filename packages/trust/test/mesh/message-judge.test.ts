import { endpointIdOf, generateSecretKey } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { ProducerMesh } from "../../src/admission.ts";
import { generateRootKeypair, signProducerCredential } from "../../src/index.ts";
import { ClockDrift } from "../../src/mesh/clock-drift.ts";
import { MessageJudge } from "../../src/mesh/message-judge.ts";
import {
  encodeNotice,
  encodeProducerMessage,
  type ProducerNotice,
  parseProducerMessage,
  signProducerMessage,
} from "../../src/mesh.ts";

const root = await generateRootKeypair();
const NOW = 1_800_000_000_000;
const self = endpointIdOf(generateSecretKey());
const neighbor = "aa".repeat(32);
const lease: ProducerNotice = {
  kind: "leaseUpdate",
  service: "Hello",
  version: 1,
  contractId: "",
  health: "ready",
  addresses: {},
};

function judgeOf(options: { gracePeriodMs?: number; revoked?: readonly string[] } = {}) {
  const mesh = new ProducerMesh({ rootPubkey: root.publicKey, producers: [self] });
  const { gracePeriodMs = 0, revoked = [] } = options;
  const drift = new ClockDrift({ toleranceMs: 5_000, gracePeriodMs, joinedAtMs: NOW });
  const revocations = { isRevoked: (id: string) => revoked.includes(id) };
  const judge = new MessageJudge({ mesh, drift, revocations, self, replayWindowMs: 30_000 });
  const take = (bytes: Uint8Array, nowMs = NOW, tickMs = 0) =>
    judge.judge(bytes, neighbor, nowMs, tickMs);
  return { judge, mesh, drift, take };
}

/** A producer with the key of its messages. */
function producer(mesh?: ProducerMesh) {
  const secretKey = generateSecretKey();
  const id = endpointIdOf(secretKey);
  mesh?.accept(id);
  const say = (notice: ProducerNotice, epochMs = NOW) =>
    encodeProducerMessage(signProducerMessage(secretKey, { ...encodeNotice(notice), epochMs }));
  return { id, secretKey, say };
}

describe("a message", () => {
  test("counts once, within the replay window to both sides", () => {
    const { mesh, take } = judgeOf();
    const { say, id } = producer(mesh);
    for (const epochMs of [NOW - 30_000, NOW, NOW + 30_000]) {
      const bytes = say(lease, epochMs);
      expect(take(bytes)).toMatchObject({ notice: lease, message: { sender: id, epochMs } });
      expect(take(bytes)).toBe("replayed");
    }
    expect(take(say(lease, NOW - 30_001))).toBe("time");
    expect(take(say(lease, NOW + 30_001))).toBe("time");
  });

  test("of a stranger counts only as an introduction with its own credential", async () => {
    const { take, mesh } = judgeOf();
    const [stranger, other] = [producer(), producer()];
    const credential = await signProducerCredential(root.secretKey, {
      endpointId: stranger.id,
      expiresAt: NOW / 1_000 + 60,
    });
    expect(take(stranger.say(lease))).toBe("stranger");
    expect(take(stranger.say({ kind: "introduce", credential: undefined }))).toBe("stranger");
    expect(take(other.say({ kind: "introduce", credential }))).toBe("stranger");
    const forged = { ...credential, expiresAt: credential.expiresAt + 1 };
    expect(take(stranger.say({ kind: "introduce", credential: forged }))).toBe("stranger");
    const introduction = stranger.say({ kind: "introduce", credential });
    expect(take(introduction, NOW + 61_000)).toBe("time");
    expect(take(introduction)).toMatchObject({ notice: { kind: "introduce", credential } });
    expect(mesh.has(stranger.id)).toBe(false);
  });

  test("of a revoked or departed member does not count", () => {
    const { judge, mesh, take } = judgeOf();
    const leaving = producer(mesh);
    const before = leaving.say(lease, NOW - 10);
    const departure = leaving.say({ kind: "depart", reason: "" });
    expect(take(departure)).toMatchObject({ notice: { kind: "depart" } });
    judge.departed(parseProducerMessage(departure));
    expect(take(before)).toBe("replayed");
    expect(take(departure)).toBe("replayed");
    expect(take(leaving.say(lease, NOW + 1))).toMatchObject({ notice: lease });
    const bad = producer();
    const revoking = judgeOf({ revoked: [bad.id] });
    revoking.mesh.accept(bad.id);
    expect(revoking.take(bad.say(lease))).toBe("stranger");
  });

  test("that is forged or damaged at any place does not count", () => {
    const { mesh, take } = judgeOf();
    const { say, id } = producer(mesh);
    const message = parseProducerMessage(say(lease));
    const other = producer(mesh);
    const changed = [
      { ...message, sender: other.id },
      { ...message, type: 3 },
      { ...message, epochMs: NOW + 1 },
      { ...message, payload: message.payload.subarray(1) },
      { ...message, signature: new Uint8Array(64) },
    ];
    for (const one of changed) {
      expect(take(encodeProducerMessage(one))).toMatch(/signature|malformed/);
    }
    const text = Buffer.from(encodeProducerMessage(message)).toString();
    for (const wrong of [
      "",
      "{",
      text.replace(id, id.toUpperCase()),
      `${text}x`,
      "x".repeat(5_000),
    ]) {
      expect(take(Buffer.from(wrong))).toBe("malformed");
    }
    expect(take(Buffer.from(text))).toMatchObject({ notice: lease });
  });

  test("of a type or payload that this version does not know is counted", () => {
    const { mesh, take } = judgeOf();
    const { secretKey } = producer(mesh);
    const id = endpointIdOf(secretKey);
    mesh.accept(id);
    const say = (type: number, payload: Uint8Array) =>
      encodeProducerMessage(signProducerMessage(secretKey, { type, payload, epochMs: NOW }));
    expect(take(say(200, Buffer.from("{}")))).toBe("unknown");
    expect(take(say(4, Buffer.from("{}")))).toBe("malformed");
    expect(take(say(1, new Uint8Array()))).toBe("malformed");
  });

  test("over the rate of its sender or its neighbor is not read further", () => {
    const { mesh, take } = judgeOf();
    const [loud, quiet] = [producer(mesh), producer(mesh)];
    const outcomes = Array.from({ length: 150 }, (_, at) => take(loud.say(lease, NOW + at)));
    expect(outcomes.filter((one) => one === "flood")).toHaveLength(50);
    expect(take(quiet.say(lease))).toMatchObject({ notice: lease });
    // the rate comes back with time
    expect(take(loud.say(lease, NOW + 1_000), NOW, 60_000)).toMatchObject({ notice: lease });
    const garbage = Array.from({ length: 2_100 }, () => take(Buffer.from("{}"), NOW, 60_000));
    expect(garbage.at(-1)).toBe("flood");
  });
});

describe("a clock", () => {
  test("that deviates from the median isolates its member until it is right again", () => {
    const { mesh, take, drift } = judgeOf();
    const [a, b, c, wrong] = [producer(mesh), producer(mesh), producer(mesh), producer(mesh)];
    for (const one of [a, b, c]) expect(take(one.say(lease))).toMatchObject({ notice: lease });
    expect(take(wrong.say(lease, NOW - 6_000))).toBe("isolated");
    expect([...drift.isolated]).toEqual([wrong.id]);
    // what the root key has signed counts from anyone
    const list: ProducerNotice = { kind: "revocations", sequence: 1 };
    expect(take(wrong.say(list, NOW - 6_001))).toMatchObject({ notice: list });
    expect(take(wrong.say(lease, NOW - 4_000))).toMatchObject({ notice: lease });
    expect(drift.isOwnOff(NOW)).toBe(false);
  });

  test("of this node is off when the median is", () => {
    const { mesh, take, drift } = judgeOf();
    for (const one of [producer(mesh), producer(mesh)]) take(one.say(lease, NOW - 6_000));
    expect(drift.isOwnOff(NOW)).toBe(false);
    take(producer(mesh).say(lease, NOW - 6_000));
    expect(drift.isOwnOff(NOW)).toBe(true);
    expect([...drift.isolated]).toEqual([]);
  });

  test("is not judged in the grace period", () => {
    const { mesh, take, drift } = judgeOf({ gracePeriodMs: 60_000 });
    for (let count = 0; count < 3; count += 1) take(producer(mesh).say(lease, NOW - 10_000));
    expect(take(producer(mesh).say(lease))).toMatchObject({ notice: lease });
    expect(drift.isOwnOff(NOW)).toBe(false);
    expect(drift.isOwnOff(NOW + 60_000)).toBe(true);
  });
});
