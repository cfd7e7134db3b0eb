import { littleEndian } from "../bytes/float.ts";
/** Thrown by generated code: something is wrong, and the closures find out what. */
import { setOwn } from "../own-property.ts";
export const wrong: unique symbol = Symbol("wrong");

/** Tells the texts of all functions apart: equal ones would share what the engine learns of their objects. */
let made = 0;

/**
 * Collects the text of one generated function. Names come from a counter, and all that is not a number is handed in
 * as a constant, the keys of objects too: nothing of a schema's or a peer's text becomes code.
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

  /** A property of an object, by the constant that is its key. */
  property(object: string, key: string): string {
    return `${object}[${this.constant(key)}]`;
  }

  /** Sets an own property; only a call makes one that is named `__proto__`. */
  set(object: string, key: string, value: string): string {
    return key === "__proto__"
      ? `${this.constant(setOwn)}(${object},${this.constant(key)},${value});`
      : `${this.property(object, key)}=${value};`;
  }

  compile(parameters: string): unknown {
    const names = this.#constants.map((_, i) => `k${i}`);
    const body = `"use strict";/*${made++}*/return function(${parameters}){\n${this.#lines.join("\n")}\n};`;
    return new Function(...names, body)(...this.#constants);
  }
}

let allowed: boolean | undefined;

/** Whether this platform lets us generate code; asked once, as a strict CSP reports each try. */
export function canGenerate(): boolean {
  if (allowed === undefined) {
    try {
      allowed = littleEndian && new Function("return true")() === true;
    } catch {
      allowed = false;
    }
  }
  return allowed;
}
