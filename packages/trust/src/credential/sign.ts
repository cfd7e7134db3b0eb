import { randomBytes } from "node:crypto";
import { type EndpointId, endpointIdOf } from "@aster/transport";
import { AdmissionError } from "../error.ts";
import { bytesToHex } from "../hex.ts";
import { signBytes } from "../keys/ed25519.ts";
import { keyBytesOf, type Secret } from "../keys/secret.ts";
import { wrongOption } from "../option.ts";
import { ROLE_ATTRIBUTE } from "../peers/peer-store.ts";
import {
  type ConsumerEnrollmentCredential,
  type EnrollmentCredential,
  NAME_ATTRIBUTE,
} from "./credential.ts";
import { type ExpiryOptions, expiryOf } from "./expiry.ts";
import { consumerFault, producerFault } from "./rules.ts";
import { consumerSignedBytes, producerSignedBytes } from "./signed-bytes.ts";

export interface CredentialAttributeOptions {
  /** The attribute `aster.role`. */
  readonly roles?: readonly string[] | undefined;
  /** The attribute `aster.name`. */
  readonly name?: string | undefined;
  /** Further attributes. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

export interface SignCredentialOptions extends CredentialAttributeOptions, ExpiryOptions {
  /** The only endpoint that may present the credential. Default: any endpoint may. */
  readonly endpointId?: EndpointId | undefined;
  /** Makes a one-time token: producers admit one presentation of it. Default: `false`. */
  readonly oneTime?: boolean | undefined;
}

export interface SignProducerCredentialOptions extends CredentialAttributeOptions, ExpiryOptions {
  /** The endpoint of the producer. */
  readonly endpointId: EndpointId;
}

/**
 * Signs a credential for a consumer with the secret key of a root. It needs no network.
 *
 * Rejects with {@link AdmissionError} `"option"`, and signs nothing, if a field breaks a rule of
 * docs/trust.md, "Rules".
 */
export async function signCredential(
  rootSecret: Secret | Uint8Array,
  options: SignCredentialOptions = {},
): Promise<ConsumerEnrollmentCredential> {
  const secretKey = keyBytesOf("rootSecret", rootSecret);
  const { endpointId, oneTime = false } = options;
  const unsigned = {
    type: oneTime ? "ott" : "policy",
    rootPubkey: endpointIdOf(secretKey),
    expiresAt: expiryOf(options),
    attributes: attributesOf(options),
    ...(endpointId !== undefined && { endpointId }),
    ...(oneTime && { nonce: bytesToHex(randomBytes(32)) }),
  } as const;
  refuse(consumerFault(unsigned));
  return {
    ...unsigned,
    signature: bytesToHex(signBytes(secretKey, consumerSignedBytes(unsigned))),
  };
}

/** Signs a credential for a producer. Like {@link signCredential}, but bound to an endpoint. */
export async function signProducerCredential(
  rootSecret: Secret | Uint8Array,
  options: SignProducerCredentialOptions,
): Promise<EnrollmentCredential> {
  const secretKey = keyBytesOf("rootSecret", rootSecret);
  const unsigned = {
    rootPubkey: endpointIdOf(secretKey),
    endpointId: options.endpointId,
    expiresAt: expiryOf(options),
    attributes: attributesOf(options),
  };
  refuse(producerFault(unsigned));
  return {
    ...unsigned,
    signature: bytesToHex(signBytes(secretKey, producerSignedBytes(unsigned))),
  };
}

function attributesOf({
  roles,
  name,
  attributes = {},
}: CredentialAttributeOptions): Record<string, string> {
  refuseBoth("roles", roles, ROLE_ATTRIBUTE, attributes);
  refuseBoth("name", name, NAME_ATTRIBUTE, attributes);
  for (const role of roles ?? []) {
    const isRole = typeof role === "string" && role !== "" && role === role.trim();
    if (isRole && !role.includes(",")) continue;
    throw wrongOption("roles", "names without commas and without spaces around them", role);
  }
  return {
    ...(roles !== undefined && roles.length > 0 && { [ROLE_ATTRIBUTE]: roles.join(",") }),
    ...(name !== undefined && { [NAME_ATTRIBUTE]: name }),
    ...attributes,
  };
}

function refuseBoth(option: string, value: unknown, attribute: string, attributes: object): void {
  if (value === undefined || !Object.hasOwn(attributes, attribute)) return;
  throw new AdmissionError(
    "option",
    `option ${option} and the attribute ${attribute} exclude each other; pass one of them`,
  );
}

function refuse(fault: string | undefined): void {
  if (fault === undefined) return;
  throw new AdmissionError(
    "option",
    `the credential cannot be signed: ${fault}; change the options`,
  );
}
