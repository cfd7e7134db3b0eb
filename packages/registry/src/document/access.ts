import type { AccessList } from "../entries/keys.ts";
import { isNewer, type Slot, type Version } from "./slot.ts";

const LISTS: readonly AccessList[] = ["writers", "readers", "admins", "policy"];

/**
 * The authors whose entries count.
 *
 * The owner of a registry, and the authors in the owner's list `admins`, write the access lists.
 * Without a list of writers every author of the document counts. A reader that does not know the
 * owner takes the author of the first list that it receives.
 */
export class Access {
  #owner: string | undefined;
  readonly #lists = new Map<AccessList, readonly string[]>();
  #writers: ReadonlySet<string> | undefined;

  constructor(owner: string | undefined) {
    this.#owner = owner;
  }

  get owner(): string | undefined {
    return this.#owner;
  }

  /** `undefined` for a list that has not been written. */
  list(name: AccessList): readonly string[] | undefined {
    return this.#lists.get(name);
  }

  /** Returns `true` if the entries of an author count. The owner is always one of the writers. */
  readonly isTrusted = (author: string): boolean =>
    this.#writers === undefined || author === this.#owner || this.#writers.has(author);

  /** Returns `true` if the access lists of an author count. */
  readonly isAdmin = (author: string): boolean =>
    author === this.#owner || this.list("admins")?.includes(author) === true;

  /** Takes the lists from the slots of the document. */
  update(slotOf: (list: AccessList) => Slot | undefined): void {
    this.#owner ??= firstAuthor(LISTS.flatMap((list) => slotOf(list) ?? []));
    const owner = (author: string): boolean => author === this.#owner;
    this.#take("admins", slotOf("admins"), owner);
    for (const list of LISTS) {
      if (list !== "admins") this.#take(list, slotOf(list), this.isAdmin);
    }
    const writers = this.list("writers");
    this.#writers = writers === undefined ? undefined : new Set(writers);
  }

  #take(list: AccessList, slot: Slot | undefined, counts: (author: string) => boolean): void {
    let newest: Version | undefined;
    for (const version of slot?.versions.values() ?? []) {
      if (!counts(version.entry.author)) continue;
      if (newest === undefined || isNewer(version.entry, newest.entry)) newest = version;
    }
    if (newest?.value.kind === "authors") this.#lists.set(list, newest.value.authors);
    else this.#lists.delete(list);
  }
}

/** Returns the author of the oldest entry. */
function firstAuthor(slots: readonly Slot[]): string | undefined {
  let first: Version | undefined;
  for (const slot of slots) {
    for (const version of slot.versions.values()) {
      if (first === undefined || isNewer(first.entry, version.entry)) first = version;
    }
  }
  return first?.entry.author;
}
