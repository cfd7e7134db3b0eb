import { endpointIdOf } from "@aster/transport";
import { parse, stringify, TomlError } from "smol-toml";
import { z } from "zod";
import { isTextRecord } from "../credential/attributes.ts";
import { isHex } from "../hex.ts";
import { KeyError } from "../keys/key-error.ts";
import { Secret } from "../keys/secret.ts";
import type { AsterIdentity, IdentityPeer } from "./identity.ts";
import { signedForm } from "./signed-form.ts";

const COMMENT =
  "# The identity of an Aster node. It contains a secret key: do not share or commit it.";

const hex = (bytes: number) =>
  z
    .string()
    .transform((text) => text.toLowerCase())
    .refine((text) => isHex(text, bytes), `not ${bytes * 2} hex characters`);

const peerShape = z.looseObject({
  name: z.string(),
  role: z.enum(["consumer", "producer"]),
  type: z.enum(["policy", "ott"]).default("policy"),
  root_pubkey: hex(32),
  endpoint_id: hex(32).optional(),
  expires_at: z.number().int(),
  nonce: hex(32).optional(),
  signature: hex(64),
  attributes: z
    .custom<Readonly<Record<string, string>>>(isTextRecord, "not a table of texts")
    .default({}),
});

type PeerTable = z.output<typeof peerShape>;

const fileShape = z.looseObject({
  node: z.looseObject({ secret_key: z.string(), endpoint_id: hex(32).optional() }),
  peers: z.array(peerShape).default([]),
});

/** Reads an identity. Throws {@link KeyError} `"malformed"`; the message does not show a value. */
export function parseIdentity(text: string, path: string): AsterIdentity {
  const result = fileShape.safeParse(tablesOf(text, path));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw malformed(path, `${issue?.path.join(".") || "the file"}: ${issue?.message ?? "wrong"}`);
  }
  const { node, peers, ...other } = result.data;
  const secretKey = secretOf(node.secret_key, path);
  const endpointId = endpointIdOf(secretKey.expose());
  if (node.endpoint_id !== undefined && node.endpoint_id !== endpointId) {
    throw malformed(path, "node.endpoint_id: not that of node.secret_key");
  }
  return {
    endpointId,
    secretKey,
    peers: peers.map((table, at) => peerOf(table, path, at)),
    ...(Object.keys(other).length > 0 && { other }),
  };
}

/** The text of an identity file, with the attributes in full. A secret. */
export function formatIdentity(identity: AsterIdentity): string {
  const { secretKey, endpointId, peers, other } = identity;
  const tables = {
    node: {
      secret_key: Buffer.from(secretKey.expose()).toString("base64"),
      endpoint_id: endpointId,
    },
    peers: peers.map(tableOf),
    ...other,
  };
  return `${COMMENT}\n\n${stringify(tables)}`;
}

function tablesOf(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    // its message shows lines of the file
    const place = error instanceof TomlError ? ` at line ${error.line}` : "";
    throw malformed(path, `not valid TOML${place}`);
  }
}

function secretOf(base64: string, path: string): Secret {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 32 && bytes.toString("base64") === base64) return Secret.of(bytes);
  throw malformed(path, "node.secret_key: not 32 bytes as base64");
}

function peerOf(table: PeerTable, path: string, at: number): IdentityPeer {
  const { name, role, type, root_pubkey, endpoint_id, expires_at, nonce, signature, attributes } =
    table;
  const common = { rootPubkey: root_pubkey, expiresAt: expires_at, attributes, signature };
  const more = moreOf(table);
  if (role === "producer") {
    if (endpoint_id === undefined) throw malformed(path, `peers.${at}.endpoint_id: missing`);
    const credential = { ...common, endpointId: endpoint_id };
    const form = signedForm(credential, table);
    return { name, role, credential: form ?? credential, signed: form !== undefined, ...more };
  }
  const credential = {
    type,
    ...common,
    ...(endpoint_id !== undefined && { endpointId: endpoint_id }),
    ...(nonce !== undefined && { nonce }),
  };
  const form = signedForm(credential, table);
  return { name, role, credential: form ?? credential, signed: form !== undefined, ...more };
}

function moreOf(table: PeerTable): { other?: Readonly<Record<string, unknown>> } {
  const other = Object.fromEntries(
    Object.entries(table).filter(([key]) => !Object.hasOwn(peerShape.shape, key)),
  );
  return Object.keys(other).length > 0 ? { other } : {};
}

function tableOf({ name, role, credential, other }: IdentityPeer): Record<string, unknown> {
  const { rootPubkey, endpointId, expiresAt, attributes, signature } = credential;
  return {
    name,
    role,
    type: "type" in credential ? credential.type : "policy",
    root_pubkey: rootPubkey,
    endpoint_id: endpointId,
    expires_at: expiresAt,
    nonce: "nonce" in credential ? credential.nonce : undefined,
    signature,
    attributes,
    ...other,
  };
}

function malformed(path: string, problem: string): KeyError {
  return new KeyError("malformed", `${path} is not an identity file: ${problem}`);
}
