import { inspect } from "node:util";
import v8 from "node:v8";
import { expect, test } from "vitest";
import { generateRootKeypair, KeyError, rootKeypairOf, Secret } from "../../src/index.ts";

const bytes = Uint8Array.from({ length: 32 }, (_, at) => at + 100);
const forms = [
  Buffer.from(bytes).toString("hex"),
  Buffer.from(bytes).toString("base64"),
  Array.from(bytes).join(","),
  Array.from(bytes).join(", "),
  Buffer.from(bytes).toString("latin1"),
];

function expectHidden(text: string): void {
  for (const form of forms) expect(text).not.toContain(form);
}

test("is not printed", () => {
  const secret = Secret.of(bytes);
  const holder = { secret, list: [secret], map: new Map([["key", secret]]) };
  const prints: string[] = [
    String(secret),
    `${secret}`,
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true, getters: true }),
    inspect(holder, { depth: 9, customInspect: false, showHidden: true }),
    inspect(structuredClone({ secret }), { depth: 9, showHidden: true }),
    v8.serialize({ secret }).toString("latin1"),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify({ ...secret }),
    Reflect.ownKeys(secret).map(String).join(),
  ];
  for (const print of prints) expectHidden(print);
  expect(prints.slice(0, 2)).toEqual(["[redacted]", "[redacted]"]);
  expect(inspect(secret)).toBe("[redacted]");
});

test("is not printed as part of a root key pair", () => {
  const keypair = rootKeypairOf(bytes);
  for (const print of [inspect(keypair, { depth: 9 }), JSON.stringify(keypair)]) {
    expectHidden(print);
    expect(print).toContain(keypair.publicKey);
  }
});

test("copies its bytes and overwrites the copy", () => {
  const given = Uint8Array.from(bytes);
  const secret = Secret.of(given);
  given.fill(0);
  expect(secret.length).toBe(32);
  const exposed = secret.expose();
  expect(Buffer.from(exposed)).toEqual(Buffer.from(bytes));
  secret.dispose();
  expect(Buffer.from(exposed)).toEqual(Buffer.alloc(32));
  expect(() => secret.expose()).toThrow(KeyError);
  {
    using scoped = Secret.of(bytes);
    expect(scoped.length).toBe(32);
  }
});

test.each([undefined, null, "text", [1, 2], new Uint8Array(), new ArrayBuffer(32)])(
  "is not made of %j",
  (value) => {
    expect(() => Secret.of(value as never)).toThrow(/option bytes must be a Uint8Array/);
  },
);

test("root key pairs differ and follow from their secret", async () => {
  const [one, other] = [await generateRootKeypair(), await generateRootKeypair()];
  expect(one.publicKey).toMatch(/^[0-9a-f]{64}$/);
  expect(one.publicKey).not.toBe(other.publicKey);
  expect(rootKeypairOf(one.secretKey).publicKey).toBe(one.publicKey);
  expect(rootKeypairOf(new Uint8Array(32).fill(7)).publicKey).toBe(
    "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c",
  );
});
