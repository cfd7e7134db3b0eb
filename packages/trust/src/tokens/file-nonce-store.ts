import { mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { AdmissionError } from "../error.ts";
import { checkToken, type NonceStore } from "./nonce-store.ts";
import { syncFolder } from "./sync-folder.ts";
import { createTokenFile } from "./token-file.ts";
import { TokenHorizon } from "./token-horizon.ts";
import { TokenPruner } from "./token-pruner.ts";

/** Write permission of the group and of others. */
const SHARED_WRITE = 0o022;

/**
 * Returns a store that remembers used tokens in a folder, with one file per token. Servers of one
 * user can share the folder. The first token creates it with mode 0700.
 *
 * The existence of a file marks its token as used, and a file is created in one atomic operation.
 * Of several servers exactly one accepts a token, and a file that is empty or damaged still counts.
 * The use is on disk before `consume` resolves. Files of expired tokens are removed.
 *
 * `consume` rejects with {@link AdmissionError} `"store"`, so that the admission is denied: when
 * the disk is full, when the folder cannot be written or is not a folder, when other users can
 * write to it, and when it holds 100 000 unexpired tokens.
 */
export function fileNonceStore(path: string): NonceStore {
  if (typeof path !== "string" || path === "") {
    throw new AdmissionError("option", "the path of a token store must be text that is not empty");
  }
  return new FileNonceStore(resolve(path));
}

class FileNonceStore implements NonceStore {
  readonly #folder: string;
  readonly #horizon: TokenHorizon;
  readonly #pruner: TokenPruner;
  #prepared = false;

  constructor(folder: string) {
    this.#folder = folder;
    this.#horizon = new TokenHorizon(join(folder, "removed"));
    this.#pruner = new TokenPruner(folder, this.#horizon);
  }

  async consume(nonce: string, expiresAt: number): Promise<boolean> {
    checkToken(nonce, expiresAt);
    try {
      return await this.#consume(nonce, expiresAt);
    } catch (cause) {
      throw cause instanceof AdmissionError ? cause : unusable(this.#folder, cause);
    }
  }

  async #consume(nonce: string, expiresAt: number): Promise<boolean> {
    const isNew = await this.#create(nonce, expiresAt);
    if (!isNew) return false;
    await syncFolder(this.#folder);
    // A process that removed an earlier file of this token has set the horizon before. Reading the
    // horizon before the file is created would miss a removal in between.
    return expiresAt > (await this.#horizon.read());
  }

  async #create(nonce: string, expiresAt: number): Promise<boolean> {
    if (this.#pruner.isDue) {
      // a folder that was removed meanwhile is not made anew: its tokens were used
      if (!this.#prepared) await makeFolder(this.#folder);
      await checkFolder(this.#folder);
      this.#prepared = true;
      this.#pruner.runIfDue();
    }
    this.#pruner.checkSpace();
    const isNew = await createTokenFile(this.#folder, nonce, expiresAt);
    if (isNew) this.#pruner.added();
    return isNew;
  }
}

async function makeFolder(folder: string): Promise<void> {
  const created = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (created !== undefined) await syncFolder(dirname(created));
}

/** Throws if other users could remove the files in the folder. */
async function checkFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const { mode, uid } = await stat(folder);
  if (uid !== process.geteuid?.() || (mode & SHARED_WRITE) !== 0) {
    throw new AdmissionError(
      "store",
      `other users can write to the token store ${folder}; make it a folder of this user with mode 0700`,
    );
  }
}

/** Leaves out the cause: it names the file of the token, which is a secret until it is used. */
function unusable(folder: string, cause: unknown): AdmissionError {
  const { code = "unknown error" } = (cause ?? {}) as NodeJS.ErrnoException;
  return new AdmissionError(
    "store",
    `the use of a token cannot be recorded in ${folder} (${code}); make it a folder that this user can write to`,
  );
}
