import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, describe, expect, test } from "vitest";
import sealed from "../../../../fixtures/trust/sealed-root.json" with { type: "json" };
import {
  ensureNodeKey,
  KeyError,
  readNodeKey,
  readRootKey,
  readRootPubkey,
  rootPubkeyPath,
  writeNodeKey,
  writeRootKey,
} from "../../src/files.ts";
import { rootKeypairOf } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "aster-keys-"));
afterAll(() => rmSync(folder, { recursive: true }));

const seed = new Uint8Array(32).fill(7);
const hex = Buffer.from(seed).toString("hex");
const root = rootKeypairOf(seed);
const posix = process.platform !== "win32";
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
let number = 0;
const fresh = (name = "file"): string => {
  number += 1;
  const inner = join(folder, `case-${number}`);
  mkdirSync(inner);
  return join(inner, name);
};

async function codeOf(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KeyError);
  expect(String((error as Error).stack)).not.toContain(hex);
  return (error as KeyError).code;
}

describe("root keys", () => {
  test("are written in the form of the Python package and read again", async () => {
    const path = fresh("root.key");
    await writeRootKey(path, root);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      private_key: hex,
      public_key: root.publicKey,
    });
    const publicPath = rootPubkeyPath(path);
    expect(publicPath).toBe(path.replace("root.key", "root.pub"));
    expect(JSON.parse(readFileSync(publicPath, "utf8"))).toEqual({ public_key: root.publicKey });
    const read = await readRootKey(path);
    expect(read.publicKey).toBe(root.publicKey);
    expect(Buffer.from(read.secretKey.expose())).toEqual(Buffer.from(seed));
    expect(await readRootPubkey(publicPath)).toBe(root.publicKey);
    expect(readdirSync(join(path, "..")).sort()).toEqual(["root.key", "root.pub"]);
  });

  test.runIf(posix)("are private in a private folder, whatever the umask is", async () => {
    const old = process.umask(0);
    try {
      const path = join(fresh("deep"), "er", "root.key");
      await writeRootKey(path, root);
      expect(modeOf(path)).toBe("600");
      expect(modeOf(rootPubkeyPath(path))).toBe("644");
      expect([modeOf(join(path, "..")), modeOf(join(path, "../.."))]).toEqual(["700", "700"]);
    } finally {
      process.umask(old);
    }
  });

  test("are never overwritten", async () => {
    const path = fresh("root.key");
    writeFileSync(path, "precious");
    expect(await codeOf(writeRootKey(path, root))).toBe("exists");
    expect(readFileSync(path, "utf8")).toBe("precious");
    expect(readdirSync(join(path, ".."))).toEqual(["root.key"]);
    const other = fresh("root.key");
    writeFileSync(rootPubkeyPath(other), "precious");
    expect(await codeOf(writeRootKey(other, root))).toBe("exists");
    expect(readdirSync(join(other, ".."))).toEqual(["root.pub"]);
  });

  test.runIf(posix)("are not written over or through a link", async () => {
    const path = fresh("root.key");
    symlinkSync("/tmp/elsewhere-that-is-missing", path);
    expect(await codeOf(writeRootKey(path, root))).toBe("exists");
    expect(readdirSync(join(path, ".."))).toEqual(["root.key"]);
  });

  test.runIf(posix)("are not written where every user may replace them", async () => {
    const path = fresh("root.key");
    chmodSync(join(path, ".."), 0o777);
    expect(await codeOf(writeRootKey(path, root))).toBe("unsafe");
    chmodSync(join(path, ".."), 0o1777);
    await writeRootKey(path, root);
  });

  test.each([
    "{}",
    "[]",
    "",
    "{",
    '{"private_key":"07"}',
    `{"private_key":"${hex}"}`,
    "x".repeat(5_000),
  ])("refuse the content %j", async (text) => {
    const path = fresh("root.key");
    writeFileSync(path, text, { mode: 0o600 });
    expect(await codeOf(readRootKey(path))).toBe("malformed");
  });

  test("refuse keys that are not a pair", async () => {
    const path = fresh("root.key");
    const text = JSON.stringify({ private_key: hex, public_key: "ab".repeat(32) });
    writeFileSync(path, text, { mode: 0o600 });
    await expect(readRootKey(path)).rejects.toThrow("are not a pair");
  });

  test("a public key is also read as hex, and refused if it is not a key", async () => {
    const path = fresh("root.pub");
    writeFileSync(path, `${root.publicKey.toUpperCase()}\n`);
    expect(await readRootPubkey(path)).toBe(root.publicKey);
    writeFileSync(path, "00".repeat(32));
    expect(await codeOf(readRootPubkey(path))).toBe("malformed");
    expect(await codeOf(readRootPubkey(`${path}.missing`))).toBe("missing");
  });
});

describe("passphrases", () => {
  const passphrase = "Größe: 42 Zoll";

  test("encrypt the key", async () => {
    const path = fresh("root.key");
    await writeRootKey(path, root, { passphrase });
    const text = readFileSync(path, "utf8");
    expect(text).not.toContain(hex);
    expect(JSON.parse(text)).toMatchObject({
      public_key: root.publicKey,
      sealed: { kdf: "scrypt", n: 131_072, r: 8, p: 1, cipher: "xchacha20-poly1305" },
    });
    const read = await readRootKey(path, { passphrase: passphrase.normalize("NFD") });
    expect(Buffer.from(read.secretKey.expose())).toEqual(Buffer.from(seed));
    expect(await codeOf(readRootKey(path))).toBe("passphrase");
    expect(await codeOf(readRootKey(path, { passphrase: "other" }))).toBe("passphrase");
    await expect(readRootKey(path, { passphrase: "" })).rejects.toMatchObject({ code: "option" });
  });

  test("open a file that another program made", async () => {
    const path = fresh("root.key");
    writeFileSync(path, JSON.stringify(sealed.file), { mode: 0o600 });
    const { secretKey } = await readRootKey(path, sealed);
    expect(Buffer.from(secretKey.expose()).toString("hex")).toBe(sealed.seed);
  });

  test("notice every change of the file", async () => {
    const path = fresh("node.key");
    const { endpointId } = await writeNodeKey(path, seed, { passphrase });
    const { sealed, ...rest } = JSON.parse(readFileSync(path, "utf8"));
    const flip = (text: string) => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
    const changes: [object, string][] = [
      [{ ...rest, sealed: { ...sealed, box: flip(sealed.box) } }, "passphrase"],
      [{ ...rest, sealed: { ...sealed, nonce: flip(sealed.nonce) } }, "passphrase"],
      [{ ...rest, sealed: { ...sealed, salt: flip(sealed.salt) } }, "passphrase"],
      [{ ...rest, sealed, node_id: flip(endpointId) }, "passphrase"],
      [{ ...rest, sealed: { ...sealed, n: 2 ** 24 } }, "malformed"],
      [{ ...rest, sealed: { ...sealed, n: 1_000 } }, "malformed"],
      [{ ...rest, sealed: { ...sealed, cipher: "none" } }, "malformed"],
    ];
    for (const [content, code] of changes) {
      writeFileSync(path, JSON.stringify(content));
      expect(await codeOf(readNodeKey(path, { passphrase }))).toBe(code);
    }
  });

  test("of a root key do not open it as the key of a node", async () => {
    const path = fresh("root.key");
    await writeRootKey(path, root, { passphrase });
    const { sealed, public_key } = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ sealed, node_id: public_key }));
    expect(await codeOf(readNodeKey(path, { passphrase }))).toBe("passphrase");
  });
});

describe("keys of nodes", () => {
  test("are made once and found again", async () => {
    const path = fresh("node.key");
    const made = await Promise.all(Array.from({ length: 8 }, () => ensureNodeKey(path)));
    expect(new Set(made.map(({ endpointId }) => endpointId)).size).toBe(1);
    expect(Object.keys(JSON.parse(readFileSync(path, "utf8")))).toEqual(["secret_key", "node_id"]);
    expect(readdirSync(join(path, ".."))).toEqual(["node.key"]);
    expect(await codeOf(writeNodeKey(path, seed))).toBe("exists");
  });

  test.each([
    `${hex}\n`,
    hex.toUpperCase(),
    JSON.stringify({ secret_key: hex, node_id: root.publicKey }),
  ])("are read from %j", async (text) => {
    const path = fresh("node.key");
    writeFileSync(path, text, { mode: 0o600 });
    expect((await readNodeKey(path)).endpointId).toBe(root.publicKey);
  });

  test.runIf(posix).each([0o644, 0o640, 0o604, 0o620, 0o601])(
    "are refused with mode %o",
    async (mode) => {
      const path = fresh("node.key");
      writeFileSync(path, hex);
      chmodSync(path, mode);
      expect(await codeOf(readNodeKey(path))).toBe("unsafe");
      await expect(ensureNodeKey(path)).rejects.toThrow(`run: chmod 600 ${path}`);
    },
  );

  test.runIf(posix)("are refused as links, folders and pipes", async () => {
    const path = fresh("node.key");
    writeFileSync(path, hex, { mode: 0o600 });
    for (const [name, target] of [
      ["link", path],
      ["dangling", `${path}.missing`],
    ] as const) {
      const link = fresh(name);
      symlinkSync(target, link);
      await expect(ensureNodeKey(link)).rejects.toThrow("is a link");
    }
    const inner = fresh("folder");
    mkdirSync(inner);
    await expect(ensureNodeKey(inner)).rejects.toThrow("not a regular file");
    const pipe = fresh("pipe");
    spawnSync("mkfifo", ["-m", "600", pipe]);
    await expect(ensureNodeKey(pipe)).rejects.toThrow("not a regular file");
  });

  test.runIf(posix && process.geteuid?.() === 0)("are refused of another user", async () => {
    const path = fresh("node.key");
    writeFileSync(path, hex, { mode: 0o600 });
    chownSync(path, 12_345, 12_345);
    await expect(readNodeKey(path)).rejects.toThrow("belongs to user 12345");
  });

  test("report a path that cannot be written", async () => {
    const path = fresh("node.key");
    writeFileSync(path, "");
    expect(await codeOf(writeNodeKey(join(path, "inner", "node.key"), seed))).toBe("io");
  });
});
