import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BLOB_BYTES = 48_000;

/** A file for `--request` with `chat` requests of random bytes. */
export class RandomChat implements Disposable {
  readonly option: string;
  readonly digest: string;
  readonly #folder: string;

  constructor(bytes: number) {
    const blobs = Array.from({ length: Math.ceil(bytes / BLOB_BYTES) }, () =>
      randomBytes(BLOB_BYTES).toString("base64"),
    );
    this.digest = digestOf(blobs);
    this.#folder = mkdtempSync(join(tmpdir(), "aster-network-"));
    const file = join(this.#folder, "requests.json");
    writeFileSync(file, JSON.stringify(blobs.map((blob) => ({ blob }))));
    this.option = `@${file}`;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** Returns the digest of the blobs in the replies to a {@link RandomChat}. */
export function digestOfReplies(replies: readonly Readonly<Record<string, unknown>>[]): string {
  return digestOf(replies.map(({ blob }) => String(blob)));
}

function digestOf(blobs: readonly string[]): string {
  const hash = createHash("sha256");
  for (const blob of blobs) hash.update(`${blob}\n`);
  return hash.digest("hex");
}
