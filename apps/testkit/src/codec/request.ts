import { type Declaration, NotationError, type TypeText } from "./notation.ts";

/** A valid request of the `codec` command. */
export interface CodecRequest {
  readonly op: "encode" | "decode";
  readonly profile: "A" | "B";
  /** Sends type definitions with the message. */
  readonly compatible: boolean;
  /** Keeps shared objects shared. */
  readonly ref: boolean;
  readonly types: readonly Declaration[];
  readonly root: TypeText;
  readonly value: unknown;
  readonly hex: string;
  readonly engine: "auto" | "generated" | "closures";
}

/** Checks a request. Throws {@link NotationError} `notation` with the name of the wrong key. */
export function codecRequest(line: unknown): CodecRequest {
  if (typeof line !== "object" || line === null) throw wrong("a request is an object");
  const given = line as Readonly<Record<string, unknown>>;
  const profile = oneOf(given, "profile", ["A", "B"] as const, "A");
  const op = oneOf(given, "op", ["encode", "decode"] as const, undefined);
  const { types = [], root = "any", value, hex = "" } = given;
  if (!Array.isArray(types)) throw wrong("types is a list of declarations");
  if (op === "encode" && value === undefined) throw wrong("encode takes a value");
  if (typeof hex !== "string" || !/^(?:[0-9a-f]{2})*$/i.test(hex))
    throw wrong("hex is not hexadecimal text");
  return {
    op,
    profile,
    compatible: flag(given, "compatible", profile === "B"),
    ref: flag(given, "ref", false),
    types: types as readonly Declaration[],
    root: root as TypeText,
    value,
    hex,
    engine: oneOf(given, "engine", ["auto", "generated", "closures"] as const, "auto"),
  };
}

function oneOf<T extends string>(
  given: Readonly<Record<string, unknown>>,
  key: string,
  known: readonly T[],
  otherwise: T | undefined,
): T {
  const value = given[key] ?? otherwise;
  const found = known.find((one) => one === value);
  if (found === undefined) throw wrong(`${key} is one of ${known.join(", ")}`);
  return found;
}

function flag(given: Readonly<Record<string, unknown>>, key: string, otherwise: boolean): boolean {
  const value = given[key] ?? otherwise;
  if (typeof value !== "boolean") throw wrong(`${key} is true or false`);
  return value;
}

function wrong(message: string): NotationError {
  return new NotationError("notation", message);
}
