/** Thrown by generated code: something is wrong, and the closures find out what. */
export const wrong: unique symbol = Symbol("wrong");

/**
 * Collects the text of one generated function. Names come from a counter, and all that is not a
 * number or a quoted key is handed in as a constant: nothing of a schema's text becomes code.
 */
export class Source {
  readonly #lines: string[] = [];
  readonly #constants: unknown[] = [];
  readonly #names = new Map<unknown, string>();
  #variables = 0;

  /** Adds one line. */
  add(line: string): void {
    this.#lines.push(line);
  }

  /** The name under which the code sees a value from outside. */
  constant(value: unknown): string {
    let name = this.#names.get(value);
    if (name === undefined) {
      name = `k${this.#constants.length}`;
      this.#constants.push(value);
      this.#names.set(value, name);
    }
    return name;
  }

  /** A fresh variable name. */
  variable(): string {
    return `x${this.#variables++}`;
  }

  /** `object["key"]`, with the key quoted. */
  static property(object: string, key: string): string {
    return `${object}[${JSON.stringify(key)}]`;
  }

  compile(parameters: string): unknown {
    const names = this.#constants.map((_, i) => `k${i}`);
    const body = `"use strict";return function(${parameters}){\n${this.#lines.join("\n")}\n};`;
    return new Function(...names, body)(...this.#constants);
  }
}
