import { littleEndian } from "../bytes/float.ts";
import { asFailure, type Failure, fail } from "../failure.ts";
import { setOwn } from "../own-property.ts";

/** Thrown by generated code when something is wrong. The closures then run and make the error. */
export const wrong: unique symbol = Symbol("wrong");
/**
 * Thrown instead of `wrong` when a limit is exceeded, or the other side's type has another shape.
 */
export const tooMuch: unique symbol = Symbol("tooMuch");
export const different: unique symbol = Symbol("different");

/**
 * Messages up to this size are read again if they fail, with an error that says where. Reading
 * longer ones again would let a broken message take several times as long as a valid one.
 */
export const explainedBytes = 65_536;

/** Returns the failure of a long message, which is not read again. */
export function unexplained(reason: unknown): Failure {
  switch (reason) {
    case wrong:
      return fail("data", `broken or of another type${shortOnly}`);
    case tooMuch:
      return fail("limit", `nested too deep, or takes too much memory or time${shortOnly}`);
    case different:
      return fail("mismatch", `of another shape than here${shortOnly}`);
    default:
      return asFailure(reason);
  }
}

const shortOnly = `; only messages of up to ${explainedBytes} bytes are reported with a path`;

/**
 * A number in the text of each function. V8 would share type feedback between functions of equal
 * text.
 */
let made = 0;

/**
 * Collects the text of one generated function. Variable names come from a counter. Everything
 * except numbers is passed in as a constant, including the keys of objects: no text of a schema or
 * a peer becomes code.
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

  /** Returns the name of a constant: the value is passed in from outside. */
  constant(value: unknown): string {
    let name = this.#names.get(value);
    if (name === undefined) {
      name = `k${this.#constants.length}`;
      this.#constants.push(value);
      this.#names.set(value, name);
    }
    return name;
  }

  /** Returns a new variable name. */
  variable(): string {
    return `x${this.#variables++}`;
  }

  /** Returns the code of a property access. The key is a constant. */
  property(object: string, key: string): string {
    return `${object}[${this.constant(key)}]`;
  }

  /** Returns code that sets an own property. A key `__proto__` needs a call. */
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

/**
 * Returns true if this platform allows generated code. It tries once per process, as a strict CSP
 * reports each try.
 */
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
