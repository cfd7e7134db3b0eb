import { bytesToHex, hexToBytes, isHex } from "../hex.ts";
import { wrongOption } from "../option.ts";
import { KeyError } from "./key-error.ts";
import { type RootKeypair, rootKeypairOf } from "./root-keypair.ts";
import { keyBytesOf } from "./secret.ts";

/** The service under which the `aster` command of the Python package stores root keys, too. */
const SERVICE = "aster";
/** A variable, so that TypeScript and bundlers do not look for the optional package. */
const PACKAGE: string = "@napi-rs/keyring";

/** On Linux, the package would fall back to the kernel's keyring, which a restart empties. */
const LASTING = { linux: { store: "secret-service" } } as const;

interface KeyringModule {
  readonly AsyncEntry: new (
    service: string,
    account: string,
    options: typeof LASTING,
  ) => KeyringEntry;
}

/** One entry of a keyring, as `AsyncEntry` of `@napi-rs/keyring` offers it. */
export interface KeyringEntry {
  getPassword(): Promise<string | null | undefined>;
  setPassword(password: string): Promise<void>;
  deleteCredential(): Promise<boolean>;
}

/** Opens the entry of an account, which does not read it yet. */
export type OpenKeyringEntry = (service: string, account: string) => KeyringEntry;

export interface RootKeyringOptions {
  /** The profile of the operator. Default: `"default"`. */
  readonly profile?: string | undefined;
  /** The keyring to use. Default: that of the operating system, by `@napi-rs/keyring`. */
  readonly openEntry?: OpenKeyringEntry | undefined;
}

/**
 * The root key of a profile in the keyring of the operating system. All methods reject with
 * {@link KeyError} `"keyring"` if the keyring is missing or denies the access; use a key file then.
 */
export interface RootKeyring {
  /** The key, or `undefined` if there is none. Rejects with `"malformed"` for another content. */
  read(): Promise<RootKeypair | undefined>;
  /** Stores a key. Rejects with `"exists"` if another one is stored. */
  store(keypair: RootKeypair): Promise<void>;
  /** Removes the key. `false` if there is none. */
  remove(): Promise<boolean>;
}

/**
 * Returns the place of a root key in the keyring: service `aster`, account
 * `root_privkey:<profile>`. It needs the optional package `@napi-rs/keyring`, which is loaded at
 * the first use.
 */
export function rootKeyring(options: RootKeyringOptions = {}): RootKeyring {
  const { profile = "default", openEntry } = options;
  if (typeof profile !== "string" || !/^[\w.-]{1,64}$/.test(profile)) {
    throw wrongOption(
      "profile",
      "a name of letters, digits, dots, dashes and underscores",
      profile,
    );
  }
  const account = `root_privkey:${profile}`;
  const use = async <T>(action: (entry: KeyringEntry) => Promise<T>): Promise<T> => {
    const open = openEntry ?? (await systemKeyring());
    try {
      return await action(open(SERVICE, account));
    } catch (error) {
      throw error instanceof KeyError ? error : denied(account, error);
    }
  };
  const read = (): Promise<RootKeypair | undefined> =>
    use(async (entry) => keypairIn(account, await entry.getPassword()));
  return {
    read,
    async store(keypair) {
      const old = await read();
      if (old?.publicKey === keypair.publicKey) return;
      if (old !== undefined) {
        throw new KeyError(
          "exists",
          `the keyring holds another root key for ${account}; remove it or choose another profile`,
        );
      }
      const text = bytesToHex(keyBytesOf("keypair.secretKey", keypair.secretKey));
      await use((entry) => entry.setPassword(text));
    },
    remove: () =>
      use(async (entry) => (await entry.getPassword()) != null && (await entry.deleteCredential())),
  };
}

async function systemKeyring(): Promise<OpenKeyringEntry> {
  let module: KeyringModule;
  try {
    module = await import(
      /* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ PACKAGE
    );
  } catch (cause) {
    throw new KeyError(
      "keyring",
      `the package ${PACKAGE} cannot be loaded; install it, or keep the root key in a file`,
      { cause },
    );
  }
  return (service, account) => new module.AsyncEntry(service, account, LASTING);
}

function keypairIn(account: string, text: string | null | undefined): RootKeypair | undefined {
  if (text === null || text === undefined) return undefined;
  const lower = text.trim().toLowerCase();
  if (isHex(lower, 32)) return rootKeypairOf(hexToBytes(lower));
  throw new KeyError("malformed", `the entry ${account} of the keyring is not a key of 32 bytes`);
}

function denied(account: string, cause: unknown): KeyError {
  const why = cause instanceof Error ? cause.message : "unknown error";
  return new KeyError(
    "keyring",
    `the keyring denied the access to ${account}: ${why}; unlock it, or keep the root key in a file`,
    { cause },
  );
}
