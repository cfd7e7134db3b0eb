import type { EndpointId } from "@aster/transport";
import type { AdmissionRequest } from "../admission/admission-request.ts";
import type {
  ConsumerEnrollmentCredential,
  EnrollmentCredential,
} from "../credential/credential.ts";
import { CredentialError, type DenialCause } from "../credential/credential-error.ts";
import { credentialIdOf } from "../credential/credential-id.ts";
import { parseCredential, parseProducerCredential } from "../credential/credential-json.ts";
import {
  checkRootPubkey,
  spendVerification,
  type VerifyProducerCredentialOptions,
  verifyCredential,
  verifyProducerCredential,
} from "../credential/verify.ts";
import type { Revocations } from "../revocation/revocations.ts";
import { memoryNonceStore } from "../tokens/memory-nonce-store.ts";
import type { NonceStore } from "../tokens/nonce-store.ts";
import type { AdmissionDecision, AdmissionGate, NotAdmitted } from "./gate.ts";

/** A claim of a credential about the cloud instance on which its holder runs. */
export interface InstanceClaim {
  /** The attributes of the credential, such as `aster.iid_provider` and `aster.iid_account`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The identity token in the request; empty for none. */
  readonly iidToken: string;
  readonly peer: EndpointId;
}

export interface ProducerGateOptions {
  /** The trusted root key, 64 hex characters. */
  readonly rootPubkey: string;
  /** The revoked endpoints. Default: none. */
  readonly revocations?: Pick<Revocations, "isRevoked"> | undefined;
  /**
   * Verifies the claim of a credential with attributes `aster.iid_…`. Default: such credentials are
   * denied, because the claim is a condition of the operator.
   */
  readonly verifyInstance?: ((claim: InstanceClaim) => boolean | Promise<boolean>) | undefined;
  /** The present time in epoch milliseconds. Default: that of the system. */
  readonly nowMs?: (() => number) | undefined;
}

export interface CredentialGateOptions extends ProducerGateOptions {
  /** Remembers used one-time tokens. Default: in memory, which a restart forgets. */
  readonly tokens?: NonceStore | undefined;
}

/**
 * Returns a gate that admits consumers with a credential of the root key (docs/trust.md, "The
 * credential gate"). All its denials verify one signature, so that their time does not tell the
 * causes apart.
 *
 * Throws {@link AdmissionError} `"option"` for a `rootPubkey` that is not a public key.
 */
export function credentialGate(options: CredentialGateOptions): AdmissionGate {
  const { tokens = memoryNonceStore() } = options;
  return new CredentialGate<ConsumerEnrollmentCredential>(options, {
    parse: parseCredential,
    verify: verifyCredential,
    token: ({ nonce }) => nonce,
    tokens,
    facts: (credential) => ({ credential }),
  });
}

/**
 * Returns a gate for `serveProducerAdmission`, which admits producers with a credential of the root
 * key for their endpoint. It denies as {@link credentialGate} does.
 */
export function producerGate(options: ProducerGateOptions): AdmissionGate {
  return new CredentialGate<EnrollmentCredential>(options, {
    parse: parseProducerCredential,
    verify: verifyProducerCredential,
    token: () => undefined,
  });
}

/** The part of a gate that depends on the kind of credentials. */
interface CredentialKind<C> {
  parse(json: string): C;
  verify(credential: C, options: VerifyProducerCredentialOptions): void;
  /** Returns the nonce of a one-time token. */
  token(credential: C): string | undefined;
  readonly tokens?: NonceStore;
  /** Returns further members of the decision. */
  facts?(credential: C): { readonly credential: ConsumerEnrollmentCredential };
}

type AnyCredential = ConsumerEnrollmentCredential | EnrollmentCredential;

const IID_PREFIX = "aster.iid_";
const REVOKED = "the endpoint is on the revocation list";

class CredentialGate<C extends AnyCredential> implements AdmissionGate {
  readonly open = false;
  readonly #rootPubkey: string;
  readonly #options: ProducerGateOptions;
  readonly #kind: CredentialKind<C>;

  constructor(options: ProducerGateOptions, kind: CredentialKind<C>) {
    this.#rootPubkey = checkRootPubkey(options.rootPubkey);
    this.#options = options;
    this.#kind = kind;
  }

  async admit(request: AdmissionRequest, peer: EndpointId): Promise<AdmissionDecision> {
    const presented = this.#parsed(request.credentialJson);
    if (presented instanceof CredentialError) return denial(presented.code, presented.message);
    const decision = await this.#decide(presented, request, peer);
    return { ...decision, credentialId: credentialIdOf(presented) };
  }

  spendTime(): void {
    spendVerification(this.#rootPubkey);
  }

  async #decide(
    credential: C,
    { iidToken }: AdmissionRequest,
    peer: EndpointId,
  ): Promise<AdmissionDecision> {
    const fault = this.#faultOf(credential, peer);
    if (fault !== undefined) return denial(fault.code, fault.message);
    const isRevoked = () => this.#options.revocations?.isRevoked(peer) === true;
    if (isRevoked()) return denial("revoked", REVOKED);
    const { attributes, expiresAt } = credential;
    if (!(await this.#isOnItsInstance({ attributes, iidToken, peer }))) {
      return denial("structure", "the claim about its cloud instance was not verified");
    }
    // last, so that a denied admission does not use up a token
    const refusal = await this.#tokenRefusal(credential);
    if (refusal !== undefined) return refusal;
    // another list may have come into force meanwhile
    if (isRevoked()) return denial("revoked", REVOKED);
    const expiresAtMs = expiresAt * 1_000;
    return {
      admitted: true,
      attributes,
      expiresAtMs,
      isRevoked,
      ...this.#kind.facts?.(credential),
    };
  }

  #parsed(json: string): C | CredentialError {
    try {
      if (json === "") throw new CredentialError("no-credential", "no credential was presented");
      return this.#kind.parse(json);
    } catch (error) {
      this.spendTime();
      if (error instanceof CredentialError) return error;
      throw error;
    }
  }

  #faultOf(credential: C, peer: EndpointId): CredentialError | undefined {
    const [rootPubkey, nowMs] = [this.#rootPubkey, this.#options.nowMs?.()];
    try {
      this.#kind.verify(credential, { rootPubkey, endpointId: peer, nowMs });
      return undefined;
    } catch (error) {
      if (error instanceof CredentialError) return error;
      throw error;
    }
  }

  async #isOnItsInstance(claim: InstanceClaim): Promise<boolean> {
    const names = Object.keys(claim.attributes);
    if (!names.some((name) => name.startsWith(IID_PREFIX))) return true;
    const { verifyInstance } = this.#options;
    return verifyInstance !== undefined && (await verifyInstance(claim)) === true;
  }

  async #tokenRefusal(credential: C): Promise<NotAdmitted | undefined> {
    const nonce = this.#kind.token(credential);
    if (nonce === undefined) return undefined;
    try {
      if ((await this.#kind.tokens?.consume(nonce, credential.expiresAt)) === true)
        return undefined;
      return denial("token-used", "the one-time token was used before");
    } catch (error) {
      return denial("token-used", "the use of the one-time token cannot be recorded", error);
    }
  }
}

function denial(cause: DenialCause, reason: string, error?: unknown): NotAdmitted {
  return { admitted: false, cause, reason, ...(error === undefined ? {} : { error }) };
}
