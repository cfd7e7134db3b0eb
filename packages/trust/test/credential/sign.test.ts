import { expect, test } from "vitest";
import {
  AdmissionError,
  generateRootKeypair,
  type SignCredentialOptions,
  signCredential,
  signProducerCredential,
  verifyCredential,
  verifyProducerCredential,
} from "../../src/index.ts";

const root = await generateRootKeypair();
const endpointId = "ab".repeat(32);
const inSeconds = () => Math.floor(Date.now() / 1_000);

test("signs roles, a name and attributes for 30 days", async () => {
  const before = inSeconds();
  const credential = await signCredential(root.secretKey, {
    roles: ["ops", "logs"],
    name: "Zoë",
    attributes: { team: "blue" },
  });
  expect(credential).toMatchObject({
    type: "policy",
    rootPubkey: root.publicKey,
    attributes: { "aster.role": "ops,logs", "aster.name": "Zoë", team: "blue" },
  });
  expect(Object.keys(credential)).not.toContain("nonce");
  expect(credential.expiresAt - before - 30 * 86_400).toBeLessThan(5);
  expect(() => verifyCredential(credential, { rootPubkey: root.publicKey })).not.toThrow();
});

test.each([
  ["30d", 2_592_000],
  ["24h", 86_400],
  ["15m", 900],
  ["90s", 90],
  ["90", 90],
])("understands the term %s", async (expiresIn, seconds) => {
  const { expiresAt } = await signCredential(root.secretKey, { expiresIn });
  expect(Math.abs(expiresAt - inSeconds() - seconds)).toBeLessThan(5);
});

test("makes one-time tokens that differ", async () => {
  const options = { oneTime: true, endpointId };
  const [one, other] = [
    await signCredential(root.secretKey, options),
    await signCredential(root.secretKey, options),
  ];
  expect(one).toMatchObject({
    type: "ott",
    endpointId,
    nonce: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(one.nonce).not.toBe(other.nonce);
});

test("signs for a producer", async () => {
  const credential = await signProducerCredential(root.secretKey, { endpointId, roles: ["store"] });
  const { publicKey: rootPubkey } = root;
  expect(() => verifyProducerCredential(credential, { rootPubkey, endpointId })).not.toThrow();
  const other = { rootPubkey, endpointId: "cd".repeat(32) };
  expect(() => verifyProducerCredential(credential, other)).toThrow(
    expect.objectContaining({ code: "endpoint" }),
  );
});

test.each<[SignCredentialOptions, RegExp]>([
  [{ expiresIn: "soon" }, /expiresIn must be a term such as "30d".*got "soon"/],
  [{ expiresIn: "0d" }, /expiresIn/],
  [{ expiresIn: "-1d" }, /expiresIn/],
  [{ expiresIn: "1.5h" }, /expiresIn/],
  [{ expiresIn: "1d", expiresAt: 5 }, /expiresIn must be absent/],
  [{ expiresAt: -1 }, /expiresAt/],
  [{ expiresAt: 1.5 }, /expiresAt/],
  [{ expiresAt: 2 ** 53 }, /expiresAt/],
  [{ expiresAt: Number.NaN }, /expiresAt/],
  [{ expiresAt: "12" as never }, /expiresAt .*got "12"/],
  [{ roles: ["a,b"] }, /roles must be names without commas/],
  [{ roles: [""] }, /roles/],
  [{ roles: [" a"] }, /roles/],
  [{ roles: ["a"], attributes: { "aster.role": "b" } }, /exclude each other/],
  [{ name: "a", attributes: { "aster.name": "b" } }, /exclude each other/],
  [{ endpointId: "AB".repeat(32) }, /endpoint id must be 64 lower-case hex/],
  [{ endpointId: "ab" }, /endpoint id/],
  [{ attributes: { a: "\u0000" } }, /"a" contains a control character/],
  [{ attributes: { "a\nb": "" } }, /control character/],
  [{ attributes: { a: "\u009b31m" } }, /control character/],
  [{ attributes: { a: "\ud800" } }, /not valid Unicode/],
  [{ attributes: { a: 1 as never } }, /values are texts/],
  [{ attributes: { a: "x".repeat(4_097) } }, /4096 characters/],
  [{ attributes: { ["x".repeat(257)]: "" } }, /256 characters/],
  [{ attributes: { a: "x".repeat(4_096), b: "x".repeat(4_096) } }, /limit is 8192/],
  [
    { attributes: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, ""])) },
    /65 attributes; the limit is 64/,
  ],
])("refuses %j", async (options, message) => {
  const signing = signCredential(root.secretKey, options);
  await expect(signing).rejects.toThrow(message);
  await expect(signing).rejects.toBeInstanceOf(AdmissionError);
  await expect(signing).rejects.toMatchObject({ code: "option" });
});

test("does not show a secret key of the wrong type", async () => {
  const secret = "5".repeat(64);
  const signing = signCredential(secret as never);
  await expect(signing).rejects.toThrow(/rootSecret must be a Secret or a Uint8Array of 32 bytes/);
  await expect(signing).rejects.not.toThrow(secret);
});
