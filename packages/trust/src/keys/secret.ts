import { wrongOption } from "../option.ts";
import { KeyError } from "./key-error.ts";

const BRAND = Symbol.for("aster.Secret");
/** `inspect.custom` of Node.js. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");
const REDACTED = "[redacted]";

/**
 * Secret bytes, such as a private key. They are not printed: `String()`, `JSON.stringify` and
 * `inspect` give `[redacted]`, and `structuredClone` gives an empty object.
 */
export class Secret {
  readonly #bytes: Uint8Array;
  #disposed = false;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static {
    Object.defineProperty(Secret.prototype, BRAND, { value: true });
    Object.defineProperty(Secret.prototype, INSPECT, { value: () => REDACTED });
  }

  /** Makes a secret of a copy of `bytes`. Throws {@link AdmissionError} `"option"` for none. */
  static of(bytes: Uint8Array): Secret {
    if (!isBytes(bytes) || bytes.length === 0) {
      throw wrongOption("bytes", "a Uint8Array that is not empty", withoutText(bytes));
    }
    return new Secret(new Uint8Array(bytes));
  }

  /** The number of bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  /**
   * Returns the bytes themselves: do not change or keep them. Throws {@link KeyError} `"missing"`
   * after `dispose()`.
   */
  expose(): Uint8Array {
    if (this.#disposed) {
      throw new KeyError("missing", "the secret was disposed; read the key again");
    }
    return this.#bytes;
  }

  /** Overwrites the bytes with zeros. */
  dispose(): void {
    this.#disposed = true;
    this.#bytes.fill(0);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }
}

/**
 * Returns the bytes of a key of 32 bytes. Accepts the secrets of other copies of this package.
 * Throws {@link AdmissionError} `"option"` for any other value; the message does not show it.
 */
export function keyBytesOf(option: string, key: Secret | Uint8Array): Uint8Array {
  const bytes = isSecret(key) ? key.expose() : key;
  if (isBytes(bytes) && bytes.length === 32) return bytes;
  const got = isBytes(bytes) ? bytes.length : withoutText(bytes);
  throw wrongOption(option, "a Secret or a Uint8Array of 32 bytes", got);
}

function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && BRAND in value;
}

function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/** Keeps a secret that was passed as the wrong type out of error texts. */
function withoutText(value: unknown): unknown {
  return typeof value === "string" ? {} : value;
}
