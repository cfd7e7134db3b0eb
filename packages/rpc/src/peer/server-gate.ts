import {
  type AdmissionGate,
  type AdmissionLimiter,
  type AdmissionLimiterOptions,
  admissionLimiter,
  checkRootPubkey,
  credentialGate,
  type NonceStore,
  openGate,
  type RenewCredential,
  Revocations,
} from "@aster/trust";
import { ProducerMesh } from "@aster/trust/admission";
import { RpcError } from "../error.ts";
import { invalidOption, optionError, refusedOption } from "../option-check.ts";
import type { ServerMeshOptions } from "./server-mesh.ts";

/** The options of a server about the peers that it admits. */
export interface GateOptions {
  /**
   * Decides which peers may call. Default: with `rootPubkey` a gate that verifies credentials,
   * otherwise an open gate, with a warning. Under any `NODE_ENV` but `development`, `test` and
   * none, one of the two is required; an open gate is then `openGate({ production: true })`.
   */
  readonly gate?: AdmissionGate | undefined;
  /**
   * The trusted root key, 64 lower-case hex characters. Only peers with a credential that it has
   * signed are admitted, as consumers and as producers. An open gate beside it is refused.
   */
  readonly rootPubkey?: string | undefined;
  /** Remembers used one-time tokens. Default: in memory, which a restart forgets. */
  readonly tokens?: NonceStore | undefined;
  /**
   * The revoked endpoints: the path of a signed list, which is read again when it changes, or an
   * object that the caller closes. The admissions of revoked peers end at once.
   */
  readonly revocations?: string | Revocations | undefined;
  /**
   * Issues a new credential to an admitted peer that asks for one. It usually asks a service of the
   * operator: a server should not hold the root key. Default: none are issued.
   */
  readonly renew?: RenewCredential | undefined;
  /** The limits of denied admissions. Default: those of `admissionLimiter`. */
  readonly admissionLimits?: AdmissionLimiterOptions | undefined;
  /** The producers that accept each other. Default: a mesh of this server alone. */
  readonly producers?: ProducerMesh | undefined;
}

/** The trust of a server: a root key and what belongs to it. */
export interface ServerTrust {
  readonly rootPubkey: string;
  readonly producers: ProducerMesh;
  readonly revocations: Revocations | undefined;
}

/** The gate of a server. */
export interface ServerGate {
  readonly gate: AdmissionGate;
  readonly limiter: AdmissionLimiter;
  readonly renew: RenewCredential | undefined;
  /** `undefined` without a root key. */
  readonly trust: ServerTrust | undefined;
  /** Closes the list of revoked endpoints, if it was opened here. */
  close(): void;
}

let warned = false;

/**
 * Opens the gate of a server. Throws INVALID_ARGUMENT for a bad option, and FAILED_PRECONDITION
 * when an open gate is not allowed here. `onRefused` receives the error of a changed list that is
 * not valid.
 */
export function serverGateOf(
  options: GateOptions & { readonly mesh?: ServerMeshOptions | undefined },
  onRefused: (error: Error) => void,
): ServerGate {
  checkGateOptions(options);
  const { gate, tokens, renew } = options;
  const limiter = refused("admissionLimits", () => admissionLimiter(options.admissionLimits));
  if (options.rootPubkey === undefined) {
    return { gate: gate ?? defaultGate(), limiter, renew, trust: undefined, close() {} };
  }
  const rootPubkey = refused("rootPubkey", () => checkRootPubkey(options.rootPubkey as string));
  const producers = refused(
    "rootPubkey",
    () => options.producers ?? new ProducerMesh({ rootPubkey, isJoining: joins(options.mesh) }),
  );
  const { revocations: given } = options;
  const opened =
    typeof given === "string" || (given === undefined && options.mesh !== undefined)
      ? refused("revocations", () => new Revocations({ rootPubkey, path: given, onRefused }))
      : undefined;
  const revocations = opened ?? (given as Revocations | undefined);
  return {
    gate: gate ?? credentialGate({ rootPubkey, tokens, revocations }),
    limiter,
    renew,
    trust: { rootPubkey, producers, revocations },
    close() {
      opened?.close();
    },
  };
}

/** The salt of the mesh is that of another server. */
function joins(mesh: ServerMeshOptions | undefined): boolean {
  return mesh?.bootstrap !== undefined && mesh.bootstrap.length > 0;
}

function checkGateOptions(options: GateOptions): void {
  const { gate, rootPubkey, tokens, revocations, renew, producers } = options;
  if (gate !== undefined && typeof gate?.admit !== "function") {
    throw optionError("gate", "an object with a function admit", gate);
  }
  if (renew !== undefined && typeof renew !== "function") {
    throw optionError("renew", "a function", renew);
  }
  if (rootPubkey !== undefined && gate?.open) {
    throw invalidOption("gate", "an open gate contradicts rootPubkey; leave out one of them");
  }
  for (const [name, value] of Object.entries({ tokens, revocations, producers })) {
    if (value === undefined) continue;
    if (rootPubkey === undefined) throw invalidOption(name, "it needs the option rootPubkey");
    if (gate !== undefined && name !== "producers") {
      throw invalidOption(name, "a gate of your own does not use it; leave out one of them");
    }
  }
}

/** Runs an action, and names the option in an error about its value. */
function refused<T>(option: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof Error ? refusedOption(option, error) : error;
  }
}

function defaultGate(): AdmissionGate {
  let gate: AdmissionGate;
  try {
    gate = openGate();
  } catch (error) {
    throw RpcError.from(error);
  }
  if (!warned) {
    warned = true;
    process.emitWarning(
      "This server admits every peer that knows its address. Pass rootPubkey or a gate, or openGate() to silence this warning.",
      { type: "AsterWarning", code: "ASTER_OPEN_GATE" },
    );
  }
  return gate;
}
