import { describe, expect, test } from "vitest";
import { requestAdmission } from "../../src/admission.ts";
import {
  type AdmissionGate,
  admissionLimiter,
  credentialGate,
  formatCredential,
  generateRootKeypair,
  memoryNonceStore,
  PeerStore,
  signCredential,
} from "../../src/index.ts";
import { Admissions } from "./support/admissions.ts";

const root = await generateRootKeypair();
const rogue = await generateRootKeypair();
const rootPubkey = root.publicKey;
const other = "bb".repeat(32);

const wrapped = (credential: string): string =>
  JSON.stringify({ credential_json: credential, iid_token: "" });

/** Requests that are denied, by their cause. */
async function deniedRequests(): Promise<Record<string, string>> {
  const good = await signCredential(root.secretKey);
  const json = async (...options: Parameters<typeof signCredential>) =>
    wrapped(formatCredential(await signCredential(...options)));
  return {
    "no-credential": wrapped(""),
    malformed: wrapped("{}"),
    "malformed request": "{}",
    "wrong-root": await json(rogue.secretKey),
    structure: wrapped(formatCredential({ ...good, nonce: "09".repeat(32) })),
    signature: wrapped(formatCredential({ ...good, attributes: { "aster.role": "admin" } })),
    expired: await json(root.secretKey, { expiresAt: 1_000_000_000 }),
    endpoint: await json(root.secretKey, { endpointId: other }),
    "token-used": await json(root.secretKey, { oneTime: true }),
  };
}

describe("denials", () => {
  test("have the same bytes for every cause, and report it", async () => {
    const requests = await deniedRequests();
    const gate = credentialGate({ rootPubkey });
    await using admissions = await Admissions.of({ gate }, undefined, { rootPubkey });
    await admissions.ask(requests["token-used"] ?? "");
    const answers = new Set<string>();
    for (const [cause, request] of Object.entries(requests)) {
      answers.add(await admissions.ask(request));
      const outcome = admissions.outcomes.at(-1);
      expect(outcome).toMatchObject({ admitted: false, cause: cause.split(" ")[0] });
      expect(outcome?.reason).not.toBe("");
    }
    expect([...answers]).toEqual([
      `{"admitted":false,"attributes":{},"services":[],"registry_namespace":"","root_pubkey":"${rootPubkey}","reason":""}`,
    ]);
  });

  test("take the same time for every cause", { timeout: 120_000, retry: 2 }, async () => {
    const requests = Object.entries(await deniedRequests());
    const tokens = memoryNonceStore();
    const gate = credentialGate({ rootPubkey, tokens });
    await using admissions = await Admissions.of({ gate });
    for (const [, request] of requests) await admissions.ask(request);
    const times = new Map(requests.map(([cause]) => [cause, [] as number[]]));
    for (let round = 0; round < 500; round++) {
      for (const [cause, request] of requests) {
        const startedAt = performance.now();
        await admissions.ask(request);
        times.get(cause)?.push(performance.now() - startedAt);
      }
    }
    const medians = [...times].map(([cause, all]) => {
      return [cause, all.sort((a, b) => a - b)[all.length >> 1] ?? 0] as const;
    });
    const values = medians.map(([, ms]) => ms);
    expect(Math.max(...values) - Math.min(...values), JSON.stringify(medians)).toBeLessThan(1);
  });

  test("cost a request that cannot be read the time of a decision", async () => {
    let spent = 0;
    const gate: AdmissionGate = {
      open: false,
      admit: () => ({ admitted: false, reason: "no" }),
      spendTime: () => {
        spent += 1;
      },
    };
    await using admissions = await Admissions.of({ gate });
    await admissions.ask("nonsense");
    expect(spent).toBe(1);
    await admissions.ask(wrapped(""));
    expect(spent).toBe(1);
  });
});

describe("a limiter", () => {
  test("denies a peer after five denials, without the gate and in the same form", async () => {
    const good = wrapped(formatCredential(await signCredential(root.secretKey)));
    const gate = credentialGate({ rootPubkey });
    const peers = new PeerStore();
    await using admissions = await Admissions.of({ gate, peers, limiter: admissionLimiter() });
    for (let at = 0; at < 8; at++) expect(await admissions.ask(good)).toContain('"admitted":true');
    const answers = new Set<string>();
    for (let at = 0; at < 5; at++) answers.add(await admissions.ask(wrapped("")));
    for (let at = 0; at < 3; at++) answers.add(await admissions.ask(good));
    expect(answers.size).toBe(1);
    expect(admissions.outcomes.slice(-4)).toMatchObject([
      { cause: "no-credential" },
      { cause: "rate-limited", repeated: false },
      { cause: "rate-limited", repeated: true },
      { cause: "rate-limited", repeated: true },
    ]);
  });

  test("lets a peer in that was admitted before strangers were denied", async () => {
    const good = wrapped(formatCredential(await signCredential(root.secretKey)));
    const limiter = admissionLimiter({ total: 1 });
    await using admissions = await Admissions.of({ gate: credentialGate({ rootPubkey }), limiter });
    await admissions.ask(good);
    limiter.denied("stranger");
    expect(await admissions.ask(good)).toContain('"admitted":true');
  });

  test("counts requests that are too long", async () => {
    const limiter = admissionLimiter({ perEndpoint: 2 });
    await using admissions = await Admissions.of({ gate: credentialGate({ rootPubkey }), limiter });
    for (let at = 0; at < 2; at++) await admissions.ask("x".repeat(65_537));
    await admissions.ask(wrapped(""));
    const causes = admissions.outcomes.map(({ cause }) => cause);
    expect(causes).toEqual(["malformed", "malformed", "rate-limited"]);
  });

  test("does not count failures of the server", async () => {
    const tokens = { consume: () => Promise.reject(new Error("disk full")) };
    const gate = credentialGate({ rootPubkey, tokens });
    const token = await signCredential(root.secretKey, { oneTime: true });
    const limiter = admissionLimiter({ perEndpoint: 1 });
    await using admissions = await Admissions.of({ gate, limiter });
    for (let at = 0; at < 3; at++) await admissions.ask(wrapped(formatCredential(token)));
    expect(admissions.outcomes.map(({ cause }) => cause)).toEqual(Array(3).fill("token-used"));
  });
});

describe("the gossip topic", () => {
  const gossipTopic = "77".repeat(32);
  const gate: AdmissionGate = { open: true, admit: () => ({ admitted: true, attributes: {} }) };

  test("is sent to the holder of the root key only", async () => {
    await using stranger = await Admissions.of({ gate }, undefined, { gossipTopic, rootPubkey });
    const { gossipTopic: none } = await requestAdmission(await stranger.dial());
    expect(none).toBeUndefined();
    const offered: { rootPubkey?: string; gossipTopic: string } = { gossipTopic };
    await using holder = await Admissions.of(
      { gate, offer: () => ({ services: [], registryNamespace: "", rootPubkey: "", ...offered }) },
      undefined,
    );
    offered.rootPubkey = holder.client.id;
    const response = await requestAdmission(await holder.dial());
    expect(response.gossipTopic).toBe(gossipTopic);
  });
});
