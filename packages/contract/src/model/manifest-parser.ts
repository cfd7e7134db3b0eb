import { printable } from "@aster/codec";
import { z } from "zod";
import { MOST_METHODS } from "../define-service.ts";
import { ContractError } from "../error.ts";
import { METHOD_PATTERNS } from "../message.ts";
import type { ContractManifest } from "./manifest.ts";
import { manifestType } from "./types/parse-type.ts";

// The bounds of docs/contract.md, "Manifest". A manifest may come from any peer.
const LARGEST_TEXT = 16 * 1024 * 1024;
const MOST_FIELDS = 1_000;
const MOST_HASHES = 100_000;
const MOST_ENUM_VALUES = 10_000;
const MOST_TYPES = 10_000;
/** Levels of nested arrays and objects. A type of 50 levels has 100 in JSON. */
const DEEPEST = 128;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().max(256);
const tag = z.string().max(512);
const whole = z.int().min(0);
const kind = z.enum(["string", "int", "float", "bool", "bytes", "enum", "list", "map", "ref"]);
const text = z.string().nullable().default(null);

const field = z.object({
  name,
  kind,
  nullable: z.boolean().default(false),
  required: z.boolean().default(false),
  default_value: z.unknown().default(null),
  default_kind: z
    .enum(["none", "value", "empty_list", "empty_map", "factory", "null"])
    .default("none"),
  ref_name: name.optional(),
  wire_tag: tag.optional(),
  enum_values: z.array(z.unknown()).max(MOST_ENUM_VALUES).optional(),
  item_kind: kind.optional(),
  item_ref: name.optional(),
  item_wire_tag: tag.optional(),
  item_nullable: z.boolean().optional(),
  key_kind: kind.optional(),
  value_kind: kind.optional(),
  value_ref: name.optional(),
  value_nullable: z.boolean().optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
});

const fields = z.array(field).max(MOST_FIELDS).default([]);

const method = z.object({
  name,
  pattern: z.enum(METHOD_PATTERNS),
  request_type: name.default(""),
  response_type: name.default(""),
  request_wire_tag: tag.default(""),
  response_wire_tag: tag.default(""),
  timeout: z.number().nullable().default(null),
  idempotent: z.boolean().default(false),
  fields,
  response_fields: fields,
});

const manifest: z.ZodType<ContractManifest> = z.object({
  v: z.literal(1),
  service: name,
  version: whole,
  contract_id: hash,
  canonical_encoding: name.default("fory-xlang/0.15"),
  type_count: whole.default(0),
  type_hashes: z.array(hash).max(MOST_HASHES).default([]),
  method_count: whole.default(0),
  methods: z.array(method).max(MOST_METHODS).default([]),
  serialization_modes: z.array(name).max(16).default([]),
  scoped: z
    .enum(["shared", "session", "stream"])
    .default("shared")
    .transform((scope) => (scope === "shared" ? scope : "session")),
  deprecated: z.boolean().default(false),
  semver: text,
  vcs_revision: text,
  vcs_tag: text,
  vcs_url: text,
  changelog: text,
  published_by: z.string().default(""),
  published_at_epoch_ms: whole.default(0),
  types: z.array(manifestType).max(MOST_TYPES).optional(),
});

function refuse(code: "data" | "limit", problem: string): ContractError {
  return new ContractError(code, `not a manifest: ${problem}`);
}

/** Returns `true` if arrays and objects are nested deeper than the bound, for valid JSON. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{" || char === "[") {
      if (++depth > DEEPEST) return true;
    } else if (char === "}" || char === "]") depth--;
  }
  return false;
}

/**
 * Reads a published manifest. It drops unknown keys, so that later versions can be read, and bounds
 * lists, texts and depth.
 *
 * Throws {@link ContractError}: `data` for a missing key or a wrong value, `limit` over a bound.
 */
export function parseManifest(source: string): ContractManifest {
  if (source.length > LARGEST_TEXT) {
    throw refuse("limit", `${source.length} characters; the limit is ${LARGEST_TEXT}`);
  }
  if (isTooDeep(source)) throw refuse("limit", `nested deeper than ${DEEPEST} levels`);
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new ContractError("data", "not a manifest: the text is not JSON", { cause });
  }
  const result = manifest.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const tooMany = issue?.code === "too_big" && issue.origin === "array";
  throw refuse(
    tooMany ? "limit" : "data",
    `${printable(issue?.path.join(".") ?? "", 80) || "the whole text"}: ${printable(issue?.message ?? "", 200)}`,
  );
}
