import type { NativeDocs } from "@aster/native";
import { isBytes } from "../blobs/content.ts";
import { TransportError } from "../error.ts";
import { wrongOption } from "../option.ts";
import { operate } from "../quic/operation.ts";
import { itemsOf } from "./pages.ts";

/** The public key of an author, 64 hex characters. */
export type AuthorId = string;

/**
 * The authors of a node: keys that sign entries. Methods reject with a `TransportError`:
 * `"missing"` for an author whose secret the node does not have.
 */
export interface Authors {
  create(): Promise<AuthorId>;
  /**
   * Returns the author of writes that name none. A directory of the node keeps it; in memory each
   * node makes a new one.
   */
  default(): Promise<AuthorId>;
  setDefault(author: AuthorId): Promise<void>;
  /** Yields the authors whose secrets the node has. */
  list(): AsyncGenerator<AuthorId, void, undefined>;
  /** Returns the 32 secret bytes of an author, the right to write as this author. */
  export(author: AuthorId): Promise<Uint8Array>;
  /** Adds an author by its 32 secret bytes. */
  import(secret: Uint8Array): Promise<AuthorId>;
  /** Deletes the secret of an author, but not its entries. Rejects for the default author. */
  delete(author: AuthorId): Promise<void>;
}

export function authorsOf(native: NativeDocs): Authors {
  return {
    create: () => operate(() => native.createAuthor()),
    default: () => operate(() => native.defaultAuthor()),
    setDefault: (author) => operate(() => native.setDefaultAuthor(checkAuthor(author))),
    list: () => itemsOf(native.listAuthors()),
    export: async (author) => {
      const secret = await operate(() => native.exportAuthor(checkAuthor(author)));
      if (secret !== null) return secret;
      throw new TransportError("missing", "the node does not have the secret of this author");
    },
    import: (secret) =>
      operate(() => {
        if (!isBytes(secret)) throw wrongOption("secret", "a Uint8Array of 32 bytes", secret);
        return native.importAuthor(secret);
      }),
    delete: (author) => operate(() => native.deleteAuthor(checkAuthor(author))),
  };
}

/** Throws a `TransportError` `"option"` unless `author` is a text. The native side reads it. */
export function checkAuthor<Author extends AuthorId | undefined>(author: Author): Author {
  if (author === undefined || typeof author === "string") return author;
  throw wrongOption("author", "64 hex characters", author);
}
