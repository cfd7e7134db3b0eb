import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "./usage.ts";

type Declared = NonNullable<ParseArgsConfig["options"]>;

/** Parses a command line. Throws {@link UsageError} with the supported options. */
export function parseOptions<const T extends Declared>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${reason}\nsupported: ${known.join(" ")}`);
  }
}

/** Reads a whole number ≥ `least`. Throws {@link UsageError} with the name of the option. */
export function wholeNumber(option: string, text: string, least = 0): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`--${option} takes a whole number from ${least}, not "${text}"`);
  }
  return value;
}

/** Reads `k=v` options into a record. The last option of a name wins. */
export function pairs(option: string, texts: readonly string[]): Record<string, string> {
  const entries = texts.map((text): [string, string] => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageError(`--${option} takes name=value, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(entries);
}

/** Returns the value of an option. Throws {@link UsageError} if it is missing. */
export function required<T>(option: string, value: T | undefined): T {
  if (value === undefined) throw new UsageError(`--${option} is missing`);
  return value;
}

/** Throws {@link UsageError} for arguments of a command that takes options only. */
export function noArguments(command: string, positionals: readonly string[]): void {
  if (positionals.length === 0) return;
  throw new UsageError(`${command} takes no argument "${positionals.join(" ")}"`);
}

/** Throws {@link UsageError} if an option is given beside one of the others. */
export function excludeEachOther(
  values: Readonly<Record<string, unknown>>,
  option: string,
  ...others: readonly string[]
): void {
  if (values[option] === undefined) return;
  const other = others.find((name) => values[name] !== undefined);
  if (other === undefined) return;
  throw new UsageError(`--${option} and --${other} exclude each other`);
}
