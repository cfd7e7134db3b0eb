import type { ContractManifest } from "@aster/contract/model";
import { usageFailure } from "../command/failure.ts";
import { type MessageType, messageTypes } from "./message-types.ts";

/** A generated file. */
export interface GeneratedFile {
  /** Relative to the folder of the client. */
  readonly name: string;
  readonly text: string;
}

const FIELD = /^[A-Za-z_][A-Za-z0-9_]*$/;
const METHOD = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const MODE = /^(xlang|native|row|json)$/;
const ID = /^[0-9a-f]{64}$/;

/**
 * The types of several contracts, each once, after those that they refer to. Throws a failure for a
 * type that a manifest does not describe, and for names that would become code: a manifest may come
 * from any peer.
 */
export function typesOf(manifests: readonly ContractManifest[]): ReadonlyMap<string, MessageType> {
  const types = new Map(manifests.flatMap((manifest) => [...messageTypes(manifest)]));
  for (const { contract_id, serialization_modes, methods } of manifests) {
    const names = methods.map(({ name }) => name);
    check("contract id", ID, [contract_id]);
    check("mode", MODE, serialization_modes);
    check("method", METHOD, names);
  }
  for (const { fields } of types.values()) {
    const names = fields.flatMap(({ name, key }) => [name, key ?? name]);
    check("field", FIELD, names);
  }
  return types;
}

function check(what: string, form: RegExp, names: readonly string[]): void {
  const wrong = names.find((name) => !form.test(name));
  if (wrong === undefined) return;
  throw usageFailure(
    `the manifest has the ${what} ${JSON.stringify(wrong)}, which cannot be generated`,
    "correct the manifest",
    "contract.data",
  );
}
