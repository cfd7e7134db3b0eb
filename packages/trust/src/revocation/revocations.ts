import type { EndpointId } from "@aster/transport";
import { checkRootPubkey } from "../credential/verify.ts";
import { AdmissionError } from "../error.ts";
import { parseRevocationList, type RevocationList } from "./revocation-list.ts";
import { WatchedFile } from "./watched-file.ts";

export interface RevocationsOptions {
  /** The root key whose lists count: 64 hex characters. */
  readonly rootPubkey: string;
  /** The file of a list. It is read now and whenever it changes. Default: no file. */
  readonly path?: string | undefined;
  /** The time between two looks at the file. Default: 1 000. */
  readonly pollMs?: number | undefined;
  /** Called when a changed file is refused. The list before it stays in force. */
  readonly onRefused?: ((error: AdmissionError) => void) | undefined;
}

/**
 * The revoked endpoints of a root key: the list with the highest sequence number of those that were
 * in the file or were accepted.
 *
 * The list is kept in memory. After a restart, the file counts. The caller closes it; it does not
 * keep the process alive.
 */
export class Revocations implements Disposable {
  readonly #rootPubkey: string;
  readonly #file: WatchedFile | undefined;
  readonly #listeners: Set<(list: RevocationList) => void> = new Set();
  #list: RevocationList | undefined;
  #revoked: ReadonlySet<string> = new Set();

  /**
   * Throws {@link AdmissionError} `"revocation"` if the file is missing, cannot be read or does not
   * hold a list that the root key has signed, and `"option"` for a bad option.
   */
  constructor(options: RevocationsOptions) {
    const { rootPubkey, path, pollMs = 1_000, onRefused } = options;
    this.#rootPubkey = checkRootPubkey(rootPubkey);
    if (path === undefined) return;
    this.#file = new WatchedFile(path, {
      pollMs,
      read: (text) => void this.accept(text),
      failed: (error) => onRefused?.(error),
    });
  }

  /** The list in force; `undefined` before the first. */
  get list(): RevocationList | undefined {
    return this.#list;
  }

  isRevoked(endpointId: EndpointId): boolean {
    return this.#revoked.has(endpointId);
  }

  /**
   * Takes the text of a list. Returns `false` if it is the list in force. Throws
   * {@link AdmissionError} `"revocation"` for a list that is malformed, was not signed by the root
   * key, has a lower sequence number than the list in force, or the same one and other content.
   */
  accept(text: string | Uint8Array): boolean {
    const list = parseRevocationList(text, this.#rootPubkey);
    const current = this.#list;
    if (current !== undefined && list.sequence <= current.sequence) {
      if (isSame(list, current)) return false;
      throw new AdmissionError("revocation", outdated(list, current));
    }
    this.#list = list;
    this.#revoked = new Set(list.revoked);
    for (const listener of [...this.#listeners]) {
      try {
        listener(list);
      } catch {
        // the list is in force, also if a listener fails
      }
    }
    return true;
  }

  /**
   * Calls a listener with every list that comes into force from now on. Returns a function that
   * removes it. An error that it throws is ignored.
   */
  onChange(listener: (list: RevocationList) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Stops reading the file. The list in force stays. */
  close(): void {
    this.#file?.close();
    this.#listeners.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function isSame(list: RevocationList, other: RevocationList): boolean {
  return (
    list.sequence === other.sequence &&
    list.issuedAt === other.issuedAt &&
    list.revoked.length === other.revoked.length &&
    list.revoked.every((id, at) => id === other.revoked[at])
  );
}

function outdated(list: RevocationList, current: RevocationList): string {
  return list.sequence === current.sequence
    ? `another revocation list with the sequence number ${list.sequence} is in force; sign one with a higher number`
    : `the revocation list ${list.sequence} is older than ${current.sequence}, which is in force`;
}
