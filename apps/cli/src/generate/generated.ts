import type { ContractManifest } from "@aster/contract/model";
import { usageFailure } from "../command/failure.ts";
import { type MessageType, messageTypes } from "./message-types.ts";

/** A generated file. */
export interface GeneratedFile {
  /** Relative to the folder of the client. */
  readonly name: string;
  readonly text: string;
}

/** The types of several contracts, each once, after those that they refer to. */
export function typesOf(manifests: readonly ContractManifest[]): ReadonlyMap<string, MessageType> {
  return new Map(manifests.flatMap((manifest) => [...messageTypes(manifest)]));
}
