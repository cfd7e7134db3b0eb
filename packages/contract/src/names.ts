import { ContractError } from "./error.ts";

// The bounds of docs/contract.md, "Definition". A version is a signed 32-bit number on the wire.
const LONGEST_NAME = 256;
const HIGHEST_VERSION = 2 ** 31 - 1;
const METHOD_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;
const SERVICE_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]*([.-][\p{ID_Continue}]+)*$/u;

/** Keys that have a meaning in JavaScript or in the life cycle of a session. */
const RESERVED_KEYS = new Set(["constructor", "__proto__", "then", "onSessionClose"]);

function checkName(kind: string, name: unknown, pattern: RegExp, allowed: string): string {
  if (typeof name !== "string") {
    throw new ContractError("name", `a ${kind} name must be a string, not ${typeof name}`);
  }
  const normalized = name.normalize("NFC");
  if (normalized.length > LONGEST_NAME) {
    throw new ContractError(
      "name",
      `${kind} name "${normalized.slice(0, 32)}…" has ${normalized.length} characters; ` +
        `at most ${LONGEST_NAME} are allowed`,
    );
  }
  if (!pattern.test(normalized)) {
    throw new ContractError(
      "name",
      `${JSON.stringify(normalized)} is not a ${kind} name; use ${allowed}`,
    );
  }
  return normalized;
}

/** A service name in Unicode normal form C. Throws {@link ContractError} `name`. */
export function serviceName(name: unknown): string {
  return checkName(
    "service",
    name,
    SERVICE_NAME,
    "a letter or _ first, then letters, digits and _, parts joined by . or -",
  );
}

/** A method name in Unicode normal form C. Throws {@link ContractError} `name`. */
export function methodName(name: unknown): string {
  return checkName("method", name, METHOD_NAME, "a letter or _ first, then letters, digits and _");
}

/** Refuses keys that would break a client, which is an object with one function per method. */
export function checkMethodKey(service: string, key: string): void {
  if (!RESERVED_KEYS.has(key)) return;
  throw new ContractError(
    "name",
    `${service}: a method cannot have the key "${key}"; ` +
      `use another key and set the name on the wire with { name: "${key}" }`,
  );
}

/** `say_hello` and `sayHello` become `SayHello`. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|_+)(\p{L}|\p{Nd})/gu, (_, first: string) => first.toUpperCase());
}

/** Returns a valid service version. Throws {@link ContractError} `option`. */
export function serviceVersion(service: string, version: unknown): number {
  if (Number.isInteger(version) && Number(version) >= 1 && Number(version) <= HIGHEST_VERSION) {
    return Number(version);
  }
  throw new ContractError(
    "option",
    `${service}: version must be an integer from 1 to ${HIGHEST_VERSION}, not ${String(version)}`,
  );
}
