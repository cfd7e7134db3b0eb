const LONGEST = 64;

/**
 * Gives names to tools. Clients accept letters, digits, `_` and `-`, and at most 64 of them; other
 * characters become `_`, and a name that is taken gets a number.
 */
export class ToolNames {
  readonly #taken = new Set<string>();

  next(service: string, method: string): string {
    const wanted = `${service}_${method}`.replace(/[^\w-]/g, "_").slice(0, LONGEST);
    let name = wanted;
    for (let number = 2; this.#taken.has(name); number++) {
      const ending = `_${number}`;
      name = wanted.slice(0, LONGEST - ending.length) + ending;
    }
    this.#taken.add(name);
    return name;
  }
}
