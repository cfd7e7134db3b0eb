import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import { KeyError, type OpenKeyringEntry, rootKeyring } from "../../src/files.ts";
import { generateRootKeypair, rootKeypairOf } from "../../src/index.ts";

const root = rootKeypairOf(new Uint8Array(32).fill(7));
const hex = "07".repeat(32);

function fakeKeyring(): {
  readonly stored: Map<string, string>;
  readonly openEntry: OpenKeyringEntry;
} {
  const stored = new Map<string, string>();
  const openEntry: OpenKeyringEntry = (service, account) => {
    const place = `${service}/${account}`;
    return {
      getPassword: async () => stored.get(place),
      setPassword: async (password) => {
        stored.set(place, password);
      },
      deleteCredential: async () => stored.delete(place),
    };
  };
  return { stored, openEntry };
}

test("stores the key where the Python package looks for it", async () => {
  const { stored, openEntry } = fakeKeyring();
  const keyring = rootKeyring({ profile: "prod", openEntry });
  expect(await keyring.read()).toBeUndefined();
  await keyring.store(root);
  expect([...stored]).toEqual([["aster/root_privkey:prod", hex]]);
  expect((await keyring.read())?.publicKey).toBe(root.publicKey);
  expect(await rootKeyring({ openEntry }).read()).toBeUndefined();
  expect([await keyring.remove(), await keyring.remove()]).toEqual([true, false]);
  expect(stored.size).toBe(0);
});

test("does not overwrite another key", async () => {
  const { openEntry } = fakeKeyring();
  const keyring = rootKeyring({ openEntry });
  await keyring.store(root);
  await keyring.store(root);
  const storing = keyring.store(await generateRootKeypair());
  await expect(storing).rejects.toMatchObject({ name: "KeyError", code: "exists" });
  expect((await keyring.read())?.publicKey).toBe(root.publicKey);
});

test("refuses an entry that is not a key, without showing it", async () => {
  const { stored, openEntry } = fakeKeyring();
  stored.set("aster/root_privkey:default", `${hex}99`);
  const reading = rootKeyring({ openEntry }).read();
  await expect(reading).rejects.toMatchObject({ code: "malformed" });
  await expect(reading).rejects.not.toThrow(hex);
});

test("reports a keyring that denies the access", async () => {
  const denies = async (): Promise<never> => {
    throw new Error("AccessDenied");
  };
  const openEntry: OpenKeyringEntry = () => ({
    getPassword: denies,
    setPassword: denies,
    deleteCredential: denies,
  });
  const keyring = rootKeyring({ openEntry });
  for (const action of [() => keyring.read(), () => keyring.store(root), () => keyring.remove()]) {
    const error: unknown = await action().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KeyError);
    expect(error).toMatchObject({
      code: "keyring",
      message: expect.stringContaining("AccessDenied"),
    });
    expect(inspect(error)).not.toContain(hex);
  }
});

test("asks Linux for a keyring that survives a restart", async () => {
  const opened: unknown[][] = [];
  class AsyncEntry {
    constructor(...args: unknown[]) {
      opened.push(args);
    }
    async getPassword(): Promise<string> {
      return hex;
    }
  }
  vi.doMock("@napi-rs/keyring", () => ({ AsyncEntry }));
  expect((await rootKeyring().read())?.publicKey).toBe(root.publicKey);
  expect(opened).toEqual([
    ["aster", "root_privkey:default", { linux: { store: "secret-service" } }],
  ]);
});

test("names the package that is missing", async () => {
  vi.doMock("@napi-rs/keyring", () => {
    throw new Error("Cannot find package");
  });
  const reading = rootKeyring().read();
  await expect(reading).rejects.toMatchObject({ code: "keyring" });
  await expect(reading).rejects.toThrow(/package @napi-rs\/keyring cannot be loaded; install it/);
});

test.each(["", "a b", "a:b", "../x", "x".repeat(65), 7])("refuses the profile %j", (profile) => {
  expect(() => rootKeyring({ profile: profile as never })).toThrow(/option profile must be a name/);
});
