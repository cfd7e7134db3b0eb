import { contractIdOf, type ServiceDefinition } from "@aster/contract";
import { generateSecretKey, type Node } from "@aster/transport";
import type { EnrollmentCredential } from "@aster/trust";
import type {
  JoinMeshOptions,
  LeaseNotice,
  MeshClockOptions,
  MeshMember,
  ProducerNotice,
} from "@aster/trust/mesh";
import type { ServerHealth } from "../health/health.ts";
import { optionError } from "../option-check.ts";
import { type ForcedNodeOptions, isNode, type NodeChoice } from "./own-node.ts";
import type { ServerTrust } from "./server-gate.ts";

/** The mesh of producers that a server founds or joins (docs/trust.md, "The mesh of producers"). */
export interface ServerMeshOptions extends MeshClockOptions {
  /** Addresses of members through which the server joins. Default: none; it founds the mesh. */
  readonly bootstrap?: readonly string[] | undefined;
  /**
   * The credential of this producer, or the path of its file. Default: that of the identity file;
   * none for a server that founds a mesh.
   */
  readonly credential?: EnrollmentCredential | string | undefined;
  /** The folder that keeps the mesh over restarts. Default: memory. */
  readonly stateDir?: string | undefined;
  /** Called with each message of another producer that counts. */
  readonly onNotice?: ((notice: ProducerNotice, sender: string) => void) | undefined;
}

/** Options whose credential has been read from its file. */
export interface ReadMeshOptions extends ServerMeshOptions {
  readonly credential?: EnrollmentCredential | undefined;
}

/** Throws INVALID_ARGUMENT for options that cannot be used. */
export function checkMeshOptions(
  mesh: ServerMeshOptions | undefined,
  rootPubkey: string | undefined,
): void {
  if (mesh === undefined) return;
  if (typeof mesh !== "object" || mesh === null) throw optionError("mesh", "an object", mesh);
  if (rootPubkey === undefined) throw optionError("rootPubkey", "set for a mesh", rootPubkey);
  const { bootstrap, stateDir, onNotice } = mesh;
  if (bootstrap !== undefined && !(Array.isArray(bootstrap) && bootstrap.every(isText))) {
    throw optionError("mesh.bootstrap", "a list of addresses", bootstrap);
  }
  if (stateDir !== undefined && !isText(stateDir)) {
    throw optionError("mesh.stateDir", "a path", stateDir);
  }
  if (onNotice !== undefined && typeof onNotice !== "function") {
    throw optionError("mesh.onNotice", "a function", onNotice);
  }
}

/** The secret key of the node of a server in a mesh. Throws INVALID_ARGUMENT if it is not known. */
export function meshKeyOf({ node, secretKey }: NodeChoice): Uint8Array {
  if (secretKey !== undefined) return secretKey;
  if (node === undefined) return generateSecretKey();
  if (!isNode(node)) return node.secretKey ?? generateSecretKey();
  throw optionError(
    "secretKey",
    "the key of the node, because the node is open already",
    undefined,
  );
}

/** The options of the node of a server in a mesh; `others` are those of its registry. */
export function meshNodeOptions(
  mesh: ServerMeshOptions | undefined,
  { node }: NodeChoice,
  others: ForcedNodeOptions,
): ForcedNodeOptions {
  if (mesh === undefined) return others;
  const own = node === undefined || isNode(node) ? [] : (node.protocols ?? []);
  return {
    ...others,
    protocols: [...new Set([...own, ...(others.protocols ?? []), "gossip" as const])],
  };
}

/** The parts of a server that its mesh needs. */
export interface ServerMeshParts {
  readonly node: Node;
  readonly secretKey: Uint8Array;
  readonly trust: ServerTrust;
  readonly definitions: readonly ServiceDefinition[];
  readonly health: ServerHealth;
  /** The ticket of the server. */
  readonly address: () => string;
  readonly onProblem: (error: unknown) => void;
}

/** Joins or founds the mesh of a server. Rejects as `joinMesh` does. */
export async function openMesh(
  options: ReadMeshOptions,
  parts: ServerMeshParts,
): Promise<MeshMember> {
  const { node, secretKey, trust, onProblem } = parts;
  const { producers, revocations } = trust;
  if (revocations === undefined) throw new TypeError("a mesh needs revocations");
  const { joinMesh } = await import("@aster/trust/mesh");
  const { bootstrap, credential, stateDir, onNotice } = options;
  const { clockDriftToleranceMs, replayWindowMs, gracePeriodMs } = options;
  const joining: JoinMeshOptions = {
    mesh: producers,
    revocations,
    secretKey,
    credential,
    bootstrap,
    stateDir,
    clockDriftToleranceMs,
    replayWindowMs,
    gracePeriodMs,
    onNotice,
    onProblem,
    leases: () => parts.definitions.map((definition) => leaseOf(definition, parts)),
  };
  return await joinMesh(node, joining);
}

function leaseOf(definition: ServiceDefinition, parts: ServerMeshParts): LeaseNotice {
  const { health, address } = parts;
  const isServing = health.status(definition.name) === "SERVING";
  return {
    kind: "leaseUpdate",
    service: definition.name,
    version: definition.version,
    contractId: contractIdOf(definition),
    health: isServing ? "ready" : health.draining ? "draining" : "starting",
    addresses: { rpc: address() },
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
