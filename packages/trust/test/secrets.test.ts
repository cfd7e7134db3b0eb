// No error, and no print of a value, contains a secret.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import {
  ensureNodeKey,
  newIdentity,
  readIdentity,
  readNodeKey,
  readRootKey,
  readRootPubkey,
  rootKeyring,
  withIdentityPeer,
  writeIdentity,
  writeNodeKey,
  writeRootKey,
} from "../src/files.ts";
import {
  fileNonceStore,
  formatCredential,
  generateRootKeypair,
  parseCredential,
  rootKeypairOf,
  Secret,
  signCredential,
  verifyCredential,
} from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "aster-secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

const seed = Uint8Array.from({ length: 32 }, (_, at) => 255 - at * 3);
const hex = Buffer.from(seed).toString("hex");
const passphrase = "canary passphrase";
const root = rootKeypairOf(seed);
const token = await signCredential(seed, { oneTime: true });
const nonce = token.nonce ?? "";
const secrets = [
  hex,
  hex.toUpperCase(),
  Buffer.from(seed).toString("base64"),
  Buffer.from(seed).toString("latin1"),
  Array.from(seed).join(","),
  Array.from(seed).join(", "),
  passphrase,
  nonce,
  token.signature,
  // parsers show a part of their input
  hex.slice(0, 16),
  hex.slice(-16),
  nonce.slice(0, 16),
  nonce.slice(-16),
];

function expectNoSecret(value: unknown): void {
  const prints = [inspect(value, { depth: 9, showHidden: true }), JSON.stringify(value) ?? ""];
  for (const print of prints) {
    for (const secret of secrets) expect(print).not.toContain(secret);
  }
}

let number = 0;
function file(text: string): string {
  number += 1;
  const path = join(folder, `file-${number}`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const json = formatCredential(token);
const toml = `[node]\nsecret_key = "${Buffer.from(seed).toString("base64")}"\n`;
const entry = `[[peers]]\nname = "a"\nrole = "consumer"\ntype = "ott"\nnonce = "${nonce}"\n`;

const failures: readonly (readonly [string, () => unknown])[] = [
  ["a key file cut off", () => readRootKey(file(`{"private_key":"${hex}"`))],
  [
    "a key file with a wrong key",
    () => readRootKey(file(`{"private_key":"${hex}","public_key":7}`)),
  ],
  [
    "keys that are not a pair",
    () => readRootKey(file(JSON.stringify({ private_key: hex, public_key: nonce }))),
  ],
  ["a key of a node with more", () => readNodeKey(file(`${hex}${hex}`))],
  ["a secret as a public key", () => readRootPubkey(file(`${hex} ${hex}`))],
  ["a path below a file", () => writeNodeKey(join(file(hex), "key"), seed)],
  ["a key that exists", () => writeNodeKey(file(hex), seed, { passphrase })],
  [
    "a wrong passphrase",
    async () => {
      const path = join(folder, "sealed.key");
      await writeRootKey(path, root, { passphrase });
      await readRootKey(path, { passphrase: `${passphrase}?` });
    },
  ],
  [
    "a passphrase of the wrong type",
    () => writeRootKey(join(folder, "a.key"), root, { passphrase: [passphrase] as never }),
  ],
  ["an identity that is not TOML", () => readIdentity(file(`${toml}x = \n`))],
  ["an identity with a key cut off", () => readIdentity(file(toml.replace('"\n', "\n")))],
  ["an identity with a long key", () => readIdentity(file(toml.replace('"\n', 'AAAA"\n')))],
  ["an identity with a wrong entry", () => readIdentity(file(`${toml}${entry}root_pubkey = 7\n`))],
  [
    "an entry that is not signed",
    () =>
      withIdentityPeer(newIdentity(seed), {
        name: "a",
        role: "consumer",
        credential: { ...token, expiresAt: 1 },
      }),
  ],
  ["a secret as a text", () => Secret.of(hex as never)],
  ["a root secret as a text", () => signCredential(hex as never)],
  ["a root secret that is too long", () => signCredential(Buffer.concat([seed, seed]))],
  ["a secret in a list", () => rootKeypairOf(Array.from(seed) as never)],
  [
    "an entry of the keyring",
    () =>
      rootKeyring({
        openEntry: () => ({
          getPassword: async () => `${hex}0`,
          setPassword: async () => {},
          deleteCredential: async () => true,
        }),
      }).read(),
  ],
  ["a credential cut off", () => parseCredential(json.slice(0, -2))],
  ["a credential with a long nonce", () => parseCredential(json.replace(nonce, `${nonce}00`))],
  [
    "a credential with a nonce as a key",
    () => parseCredential(json.replace('"nonce"', `"${nonce}"`)),
  ],
  [
    "a credential with a nonce as an attribute",
    () => parseCredential(json.replace("{}", `{"a":["${nonce}"]}`)),
  ],
  [
    "a credential in upper case",
    () => parseCredential(json.replace(token.signature, token.signature.toUpperCase())),
  ],
  [
    "a signature of another root",
    async () => verifyCredential(token, { rootPubkey: (await generateRootKeypair()).publicKey }),
  ],
  [
    "a changed credential",
    () => verifyCredential({ ...token, expiresAt: 1 }, { rootPubkey: root.publicKey }),
  ],
  [
    "a policy with a nonce",
    () => verifyCredential({ ...token, type: "policy" }, { rootPubkey: root.publicKey }),
  ],
  ["an expired token", () => verifyCredential(token, { rootPubkey: root.publicKey, nowMs: 1e15 })],
  ["a token store in a file", () => fileNonceStore(file("")).consume(nonce, 2_000_000_000)],
  [
    "a token store that disappears",
    async () => {
      const path = join(folder, "tokens");
      const store = fileNonceStore(path);
      await store.consume("00".repeat(32), 4_000_000_000);
      rmSync(path, { recursive: true });
      await store.consume(nonce, 4_000_000_000);
    },
  ],
];

describe("errors contain no secret", () => {
  test.each(failures)("%s", async (_, fails) => {
    const error: unknown = await (async () => fails())().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expectNoSecret(error);
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      expectNoSecret([cause.message, cause.stack, { ...cause }]);
    }
  });
});

test("values contain no secret when they are printed", async () => {
  const path = join(folder, "identity");
  await writeIdentity(path, newIdentity(seed));
  expectNoSecret([
    root,
    root.secretKey,
    await readIdentity(path),
    await ensureNodeKey(join(folder, "node.key")),
    new Map([[root.secretKey, [root]]]),
  ]);
});
