import { Secret } from "@aster/trust";
import { z } from "zod";
import { parseLogSwitch } from "../log/log-area.ts";
import { isSocketAddress } from "../peer/own-node.ts";

/** A kind of configuration value: its check, and its form in a variable. */
export interface SettingKind<T> {
  /** Completes the sentence "must be". */
  readonly expected: string;
  /** Checks a value of a file or of the program, and makes the value that is kept. */
  readonly schema: z.ZodType<T>;
  /** Makes the value that the schema checks from the text of a variable. */
  readonly ofText: (text: string) => unknown;
  /** Errors must not show the value. */
  readonly secret?: boolean;
}

const SECRET_KEY_BYTES = 32;
/** 32 bytes in base64. */
const SECRET_KEY_TEXT = /^[A-Za-z0-9+/]{43}=$/;
const words = new Map<string, boolean>([
  ["1", true],
  ["true", true],
  ["yes", true],
  ["on", true],
  ["0", false],
  ["false", false],
  ["no", false],
  ["off", false],
]);

const asIs = (text: string): string => text;
const asNumber = (text: string): unknown => (/^[+-]?[\d.]+$/.test(text) ? Number(text) : text);
const asList = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** True or false; in a variable 1, true, yes, on, 0, false, no and off, in any case. */
export const flag: SettingKind<boolean> = {
  expected: "true or false (in a variable also 1, yes, on, 0, no, off)",
  schema: z.boolean(),
  ofText: (text) => words.get(text.toLowerCase()) ?? text,
};

export const path: SettingKind<string> = {
  expected: "a path",
  schema: z.string().min(1),
  ofText: asIs,
};

export const name: SettingKind<string> = {
  expected: "a text",
  schema: z.string().min(1),
  ofText: asIs,
};

export const secretText: SettingKind<string> = { ...name, secret: true };

/** A ticket is a secret when it contains a credential. */
export const address: SettingKind<string> = {
  expected: "an aster1… ticket, a base64 node address or an endpoint id",
  schema: z.string().min(1),
  ofText: asIs,
  secret: true,
};

export const publicKey: SettingKind<string> = {
  expected: "a public key of 64 hex characters",
  schema: z
    .string()
    .regex(/^[0-9a-f]{64}$/i)
    .transform((text) => text.toLowerCase()),
  ofText: asIs,
};

export const secretKey: SettingKind<Secret> = {
  expected: "a secret key of 32 bytes in base64",
  schema: z.union([
    z.custom<Secret>((value) => value instanceof Secret && value.length === SECRET_KEY_BYTES),
    z
      .instanceof(Uint8Array)
      .refine((bytes) => bytes.length === SECRET_KEY_BYTES)
      .transform((bytes) => Secret.of(bytes)),
    z
      .string()
      .regex(SECRET_KEY_TEXT)
      .transform((text) => Secret.of(Buffer.from(text, "base64"))),
  ]),
  ofText: asIs,
  secret: true,
};

export const socketAddress: SettingKind<string> = {
  expected: "an address ip:port or [ipv6]:port",
  schema: z.string().refine(isSocketAddress),
  ofText: asIs,
};

/** It may contain a password. */
export const url: SettingKind<string> = {
  expected: "an http or https URL",
  schema: z.url({ protocol: /^https?$/ }),
  ofText: asIs,
  secret: true,
};

export const urls: SettingKind<readonly string[]> = {
  expected: "a list of http or https URLs, in a variable separated by commas",
  schema: z.array(z.url({ protocol: /^https?$/ })).min(1),
  ofText: asList,
};

export const names: SettingKind<readonly string[]> = {
  expected: "a list of texts, in a variable separated by commas",
  schema: z.array(z.string().min(1)),
  ofText: asList,
};

/** One of several words. */
export function choice<const T extends string>(...allowed: readonly T[]): SettingKind<T> {
  return {
    expected: `${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`,
    schema: z.enum(allowed),
    ofText: (text) => text.toLowerCase(),
  };
}

export function integer(least: number, most: number): SettingKind<number> {
  return {
    expected: `an integer from ${least} to ${most}`,
    schema: z.int().min(least).max(most),
    ofText: asNumber,
  };
}

/** A number of seconds above 0, with fractions. */
export const seconds: SettingKind<number> = {
  expected: "a number of seconds above 0",
  schema: z.number().positive(),
  ofText: asNumber,
};

const levels = choice("debug", "info", "warning", "error");

/** A log level. A variable may also say `warn`. */
export const logLevel: SettingKind<"debug" | "info" | "warning" | "error"> = {
  ...levels,
  ofText: (text) => (text.toLowerCase() === "warn" ? "warning" : text.toLowerCase()),
};

/** A level, or levels of areas. */
export const logSwitch: SettingKind<string> = {
  expected:
    "debug, info, warning or error, or levels of transport, admission and calls such as transport=debug,calls=info",
  schema: z.string().refine((text) => parseLogSwitch(text) !== undefined),
  ofText: asIs,
};
