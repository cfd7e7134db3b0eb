import { ContractError } from "./error.ts";

const LONGEST_NAME = 256;
const HIGHEST_VERSION = 2 ** 31 - 1;
const METHOD_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;
const SERVICE_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]*([.-][\p{ID_Continue}]+)*$/u;

/** Keys an object cannot have without surprising JavaScript or a session's life cycle. */
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
      `${JSON.stringify(normalized)} is no ${kind} name: use ${allowed}`,
    );
  }
  return normalized;
}

/** The name in Unicode normal form C, or an error. */
export function serviceName(name: unknown): string {
  return checkName(
    "service",
    name,
    SERVICE_NAME,
    "a letter or _ first, then letters, digits and _, parts joined by . or -",
  );
}

/** The name in Unicode normal form C, or an error. */
export function methodName(name: unknown): string {
  return checkName("method", name, METHOD_NAME, "a letter or _ first, then letters, digits and _");
}

/** Refuses keys that would break an object with one function per method. */
export function checkMethodKey(service: string, key: string): void {
  if (!RESERVED_KEYS.has(key)) return;
  throw new ContractError(
    "name",
    `${service}: a method cannot be kept under the key "${key}"; ` +
      `use another key and give the name on the wire with { name: "${key}" }`,
  );
}

/** `say_hello` and `sayHello` become `SayHello`. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|_+)(\p{L}|\p{Nd})/gu, (_, first: string) => first.toUpperCase());
}

/** Checks a service version. */
export function serviceVersion(service: string, version: unknown): number {
  if (Number.isInteger(version) && Number(version) >= 1 && Number(version) <= HIGHEST_VERSION) {
    return Number(version);
  }
  throw new ContractError(
    "option",
    `${service}: version must be a whole number from 1 to ${HIGHEST_VERSION}, not ${String(version)}`,
  );
}
