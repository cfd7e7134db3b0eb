// The parts of a node that a registry uses. The adapter of a node implements them, and tests do so
// in memory.

/** The newest entry of one author under one key. */
export interface DocumentEntry {
  readonly key: Uint8Array;
  /** The id of the author, 64 hex characters. */
  readonly author: string;
  /** The BLAKE3 hash of the value, 64 hex characters. */
  readonly hash: string;
  readonly sizeBytes: number;
  /** Epoch microseconds, by the clock of the author. */
  readonly timestampUs: number;
}

/**
 * A change of a document.
 *
 * - `"entry"`: a new entry, of this node or of a peer; its value may follow
 * - `"content"`: a value that was missing has arrived
 * - `"synced"`: the entries of a peer have been received, and their values follow
 * - `"lagged"`: events were lost, so the entries have to be read again
 */
export type DocumentEvent =
  | { readonly kind: "entry"; readonly entry: DocumentEntry }
  | { readonly kind: "content"; readonly hash: string }
  | { readonly kind: "synced" }
  | { readonly kind: "lagged" };

/** A replicated document: for each key and author the newest entry. */
export interface RegistryDocument {
  /** 64 hex characters. */
  readonly namespace: string;
  /** The id of the author that {@link RegistryDocument.set} writes as. */
  readonly author: string;
  /** The entries of all authors, in any order. */
  entries(): AsyncIterable<DocumentEntry>;
  /** The value with a hash; `undefined` while it has not arrived. */
  read(hash: string): Promise<Uint8Array | undefined>;
  /**
   * Asks the peers for a value that has not arrived. Resolves with `true` when it is here. Rejects
   * or resolves with `false` when no peer gave it.
   */
  fetch(hash: string, options: FetchOptions): Promise<boolean>;
  /** Writes and returns an entry. Rejects if this node cannot write to the document. */
  set(key: Uint8Array, value: Uint8Array): Promise<DocumentEntry>;
  /** Changes from now on. The subscription begins at the call, and ends with the signal. */
  subscribe(signal: AbortSignal): AsyncIterable<DocumentEvent>;
}

/** A blob with a name. */
export interface NamedBlob {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The location of a collection or blob that another node has. */
export interface BlobLocation {
  readonly hash: string;
  readonly isCollection: boolean;
  /** A blob ticket of a provider. */
  readonly ticket?: string | undefined;
  /** The endpoint ids of other nodes that may have it. */
  readonly providers: readonly string[];
}

export interface FetchOptions {
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** The blobs of a node, as far as a registry needs them. */
export interface RegistryBlobs {
  /** Stores a collection under a tag that begins with `tagPrefix`. */
  addCollection(blobs: readonly NamedBlob[]): Promise<{ hash: string; ticket: string }>;
  /** Gets the blobs of a collection, or a single blob under the name `contract.bin`. */
  fetch(location: BlobLocation, options: FetchOptions): Promise<NamedBlob[]>;
}

/** A gossip topic of the registry. */
export interface RegistryTopic {
  /** Sends a message to all members. Its delivery is not guaranteed. */
  broadcast(message: Uint8Array): Promise<void>;
  /** The messages of other members, until the signal fires. */
  messages(signal: AbortSignal): AsyncIterable<Uint8Array>;
}
