/** Gives each name of the wire an identifier of its own. */
export class Identifiers {
  readonly #taken: Set<string>;
  readonly #known = new Map<string, string>();

  /** `reserved` are words that cannot be identifiers. */
  constructor(reserved: Iterable<string>) {
    this.#taken = new Set(reserved);
  }

  /**
   * The identifier of a thing. The first thing with a name gets the name; others get the longer
   * name, or a number.
   */
  of(thing: string, name: string, longer = name): string {
    const known = this.#known.get(thing);
    if (known !== undefined) return known;
    const forms = [name, longer].map(identifier);
    const [last = "_"] = forms.slice(-1);
    let chosen = forms.find((form) => !this.#taken.has(form));
    for (let count = 2; chosen === undefined; count++) {
      if (!this.#taken.has(`${last}${count}`)) chosen = `${last}${count}`;
    }
    this.#taken.add(chosen);
    this.#known.set(thing, chosen);
    return chosen;
  }

  /** The identifier of a wire type: the name behind its namespace. */
  ofTag(tag: string): string {
    return this.of(`type ${tag}`, tag.slice(tag.lastIndexOf("/") + 1), tag);
  }

  ofService(name: string, version: number): string {
    return this.of(`service ${name} ${version}`, name, `${name}_v${version}`);
  }
}

/** Replaces the characters that identifiers of TypeScript and Python do not have. */
function identifier(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}_]/gu, "_");
  return /^[\p{L}_]/u.test(plain) ? plain : `_${plain}`;
}
