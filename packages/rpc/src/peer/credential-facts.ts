import { credentialIdOf, parseCredential } from "@aster/trust";

/** The facts that a client reads in its own credential. */
export interface CredentialFacts {
  /** It admits a peer once. */
  readonly oneTime: boolean;
  /** Epoch milliseconds; `Infinity` if it does not say. */
  readonly expiresAtMs: number;
}

/** Reads the JSON text of a credential. The server may accept forms that the client cannot read. */
export function credentialFacts(credentialJson = ""): CredentialFacts {
  const wire = parsed(credentialJson);
  const { credential_type: type, expires_at: seconds } = wire;
  return {
    oneTime: type === "ott",
    expiresAtMs:
      typeof seconds === "number" && seconds > 0 ? seconds * 1_000 : Number.POSITIVE_INFINITY,
  };
}

/** The id of a credential for logs; `undefined` for none and for one that cannot be read. */
export function credentialIdIn(credentialJson = ""): string | undefined {
  try {
    return credentialIdOf(parseCredential(credentialJson));
  } catch {
    return undefined;
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
