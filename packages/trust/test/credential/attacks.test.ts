// Credentials that were forged or changed on their way.
import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, test } from "vitest";
import { isSignedBy } from "../../src/credential/verify.ts";
import {
  type ConsumerEnrollmentCredential,
  CredentialError,
  type EnrollmentCredential,
  formatCredential,
  formatProducerCredential,
  generateRootKeypair,
  parseCredential,
  parseProducerCredential,
  signCredential,
  signProducerCredential,
  verifyCredential,
  verifyProducerCredential,
} from "../../src/index.ts";

const root = await generateRootKeypair();
const rogue = await generateRootKeypair();
const rootPubkey = root.publicKey;
const endpointId = "ab".repeat(32);
const options = { rootPubkey, endpointId };

const policy = await signCredential(root.secretKey, { roles: ["status"], name: "bob" });
const token = await signCredential(root.secretKey, {
  roles: ["status"],
  oneTime: true,
  endpointId,
});
const producer = await signProducerCredential(root.secretKey, { endpointId, roles: ["status"] });

/** The cause for which a text or a credential is refused; `undefined` if it is accepted. */
function causeOf(input: string | ConsumerEnrollmentCredential): string | undefined {
  try {
    verifyCredential(typeof input === "string" ? parseCredential(input) : input, options);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(CredentialError);
    return (error as CredentialError).code;
  }
}

function producerCauseOf(input: string | EnrollmentCredential): string | undefined {
  try {
    const read = typeof input === "string" ? parseProducerCredential(input) : input;
    verifyProducerCredential(read, options);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(CredentialError);
    return (error as CredentialError).code;
  }
}

const changed = (changes: Partial<ConsumerEnrollmentCredential>): ConsumerEnrollmentCredential => ({
  ...policy,
  ...changes,
});

test("accepts the credentials that the tests change", () => {
  expect([causeOf(policy), causeOf(token), producerCauseOf(producer)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe("another root", () => {
  test("is refused, however it signs", async () => {
    const theirs = await signCredential(rogue.secretKey, { roles: ["admin"] });
    expect(causeOf(theirs)).toBe("wrong-root");
    expect(causeOf({ ...theirs, rootPubkey })).toBe("signature");
    const theirProducer = await signProducerCredential(rogue.secretKey, { endpointId });
    expect(producerCauseOf(theirProducer)).toBe("wrong-root");
    expect(producerCauseOf({ ...theirProducer, rootPubkey })).toBe("signature");
    expect(isSignedBy({ ...theirs, rootPubkey }, rootPubkey)).toBe(false);
  });

  test.each([undefined, null, "", "ab", 7, {}])("is needed to verify; %j is none", (value) => {
    const verify = () => verifyCredential(policy, { rootPubkey: value as never });
    expect(verify).toThrow(/rootPubkey must be an ed25519 public key/);
    expect(verify).toThrow(expect.objectContaining({ name: "AdmissionError", code: "option" }));
  });
});

describe.each([
  ["policy", formatCredential(policy), causeOf],
  ["one-time token", formatCredential(token), causeOf],
  ["producer", formatProducerCredential(producer), producerCauseOf],
] as const)("the JSON of a %s", (_, text, cause) => {
  const bytes = Buffer.from(text);

  test("is refused after a change of any single bit", () => {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(cause(flipped.toString("latin1")), `bit ${bit}`).toBeDefined();
    }
  });

  test("is refused when it is cut off anywhere", () => {
    for (let at = 0; at < text.length; at += 1) expect(cause(text.slice(0, at))).toBe("malformed");
  });

  test("is refused with a second value, an unknown key, a repeated key and a mark of order", () => {
    for (const wrong of [
      `${text}${text}`,
      text.replace("{", '{"more":1,'),
      text.replace("{", '{"expires_at":9999999999,'),
      text.replace('"attributes":{', '"attributes":{"aster.role":"admin",'),
      text.replace('"attributes":{', '"attributes":{"aster.\\u0072ole":"admin",'),
      `\ufeff${text}`,
    ]) {
      expect(cause(wrong)).toBe("malformed");
    }
  });

  test("is accepted with white space and in another order", () => {
    const value = JSON.parse(text);
    const reversed = Object.fromEntries(Object.entries(value).reverse());
    expect(cause(JSON.stringify(reversed, null, 2))).toBeUndefined();
  });

  test.each(['"12"', "1e400", "1795244704.0", "1.5", "2e9", "null", "true", "[]"])(
    "is refused with the expiry %s",
    (expiry) => {
      expect(cause(text.replace(/"expires_at":\d+/, `"expires_at":${expiry}`))).toBe("malformed");
    },
  );

  test.each(["-1", "9007199254740992", "18446744073709551616"])(
    "is refused with the expiry %s",
    (expiry) => {
      expect(cause(text.replace(/"expires_at":\d+/, `"expires_at":${expiry}`))).toBe("structure");
    },
  );

  test.each(["null", "[]", '""', '{"aster.role":1}', '{"aster.role":null}', '{"a":{"b":"c"}}'])(
    "is refused with the attributes %s",
    (attributes) => {
      expect(cause(text.replace(/"attributes":\{[^}]*\}/, `"attributes":${attributes}`))).toBe(
        "malformed",
      );
    },
  );

  test("is refused with attributes that were not signed", () => {
    for (const attributes of [
      { ...policy.attributes, __proto: "" },
      JSON.parse('{"aster.role":"status","aster.name":"bob","__proto__":"x"}'),
      { ...policy.attributes, constructor: "x" },
    ]) {
      const wrong = text.replace(
        /"attributes":\{[^}]*\}/,
        `"attributes":${JSON.stringify(attributes)}`,
      );
      expect(cause(wrong)).toBe("signature");
    }
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test("is refused over 64 KiB and when it is deep", () => {
    expect(cause(text + " ".repeat(65_537 - text.length))).toBe("malformed");
    expect(cause(text + " ".repeat(65_536 - text.length))).toBeUndefined();
    const deep = `${"[".repeat(60)}${"]".repeat(60)}`;
    expect(cause(text.replace(/"attributes":\{[^}]*\}/, `"attributes":${deep}`))).toBe("malformed");
  });

  test("is refused in upper case", () => {
    const upper = (key: string) =>
      text.replace(
        new RegExp(`"${key}":"([0-9a-f]+)"`),
        (_all, hex) => `"${key}":"${hex.toUpperCase()}"`,
      );
    expect(cause(upper("signature"))).toBe("malformed");
    expect(cause(upper("root_pubkey"))).toBe("malformed");
  });
});

describe("time", () => {
  const verifyAt = (nowMs: number) => () => verifyCredential(policy, { ...options, nowMs });

  test("is over at the second of the expiry", () => {
    expect(verifyAt(policy.expiresAt * 1_000 - 1)).not.toThrow();
    for (const ms of [0, 1_000, 1e12]) {
      expect(verifyAt(policy.expiresAt * 1_000 + ms)).toThrow(
        expect.objectContaining({ code: "expired" }),
      );
    }
    expect(verifyAt(Number.NaN)).toThrow(expect.objectContaining({ code: "expired" }));
  });

  test("is over for an expiry of 0 and of a second ago", async () => {
    for (const expiresAt of [0, Math.floor(Date.now() / 1_000) - 1]) {
      expect(causeOf(await signCredential(root.secretKey, { expiresAt }))).toBe("expired");
    }
  });
});

describe("endpoints", () => {
  test("refuses a bound credential of another endpoint", async () => {
    const bound = await signCredential(root.secretKey, { endpointId: "cd".repeat(32) });
    expect(causeOf(bound)).toBe("endpoint");
    const { endpointId: _, ...unbound } = bound;
    expect(causeOf(unbound)).toBe("signature");
    expect(causeOf({ ...bound, endpointId })).toBe("signature");
  });
});

describe("kinds", () => {
  test("refuses a credential of another kind", () => {
    const nonce = "11".repeat(32);
    expect(causeOf(changed({ type: "ott" }))).toBe("structure");
    expect(causeOf(changed({ type: "ott", nonce }))).toBe("signature");
    expect(causeOf(changed({ nonce }))).toBe("structure");
    expect(causeOf({ ...token, type: "policy" })).toBe("structure");
    const { nonce: _, ...spent } = token;
    expect(causeOf(spent)).toBe("structure");
    expect(causeOf({ ...spent, type: "policy" })).toBe("signature");
    expect(causeOf({ ...token, nonce })).toBe("signature");
    expect(causeOf(changed({ type: "admin" as never }))).toBe("structure");
    expect(causeOf(changed({ nonce: "" }))).toBe("structure");
    expect(causeOf(changed({ nonce: null as never }))).toBe("structure");
  });

  test("refuses a producer as a consumer and the reverse", () => {
    expect(causeOf(formatProducerCredential(producer))).toBe("malformed");
    expect(producerCauseOf(formatCredential(policy))).toBe("malformed");
    expect(causeOf(producer as never)).toBe("structure");
    expect(causeOf({ ...producer, type: "policy" })).toBe("signature");
    expect(producerCauseOf(token as never)).toBe("structure");
    const { type: _, nonce: __, ...stripped } = token;
    expect(producerCauseOf(stripped as never)).toBe("signature");
  });

  test.each([undefined, null, 7, "text", [], {}])("refuses %j", (value) => {
    const verify = [verifyCredential, verifyProducerCredential] as const;
    for (const check of verify) {
      expect(() => check(value as never, options)).toThrow(CredentialError);
    }
  });

  test("refuses endpoint ids that make the bytes of one kind those of the other", () => {
    for (const endpointId of ["", "00", "\u0000\u0000", `\u0001${"ab".repeat(32)}`, 7, null]) {
      expect(producerCauseOf({ ...producer, endpointId } as never)).toBe("structure");
      expect(causeOf(changed({ endpointId: endpointId as never }))).toBe("structure");
    }
  });
});

describe("attributes", () => {
  test("counts in any order", () => {
    const { attributes } = policy;
    const reversed = Object.fromEntries(Object.entries(attributes).reverse());
    expect(causeOf(changed({ attributes: reversed }))).toBeUndefined();
  });

  test.each(["status,admin", "Status", "status ", " status", "ｓtatus", "stаtus", "status\u200b"])(
    "refuses the role %j, which was not signed",
    (role) => {
      expect(causeOf(changed({ attributes: { ...policy.attributes, "aster.role": role } }))).toBe(
        "signature",
      );
    },
  );

  test.each(["status\u0000", "status\u0000,admin", "status\n", "\u001b[31mstatus", "\ud800"])(
    "refuses %j, which may not be signed",
    (role) => {
      expect(causeOf(changed({ attributes: { ...policy.attributes, "aster.role": role } }))).toBe(
        "structure",
      );
    },
  );

  test("refuses a lost, a renamed and an added attribute", () => {
    expect(causeOf(changed({ attributes: {} }))).toBe("signature");
    expect(causeOf(changed({ attributes: { "aster.role": "status", "aster.Name": "bob" } }))).toBe(
      "signature",
    );
    expect(causeOf(changed({ attributes: { ...policy.attributes, x: "" } }))).toBe("signature");
  });
});

describe("signatures", () => {
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const numberOf = (bytes: Uint8Array) =>
    BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
  const hexOf = (number: bigint) =>
    Buffer.from(number.toString(16).padStart(64, "0"), "hex").reverse().toString("hex");

  test("refuses S + L, the other form of the same number", () => {
    const { signature } = policy;
    const s = numberOf(Buffer.from(signature.slice(64), "hex"));
    expect(causeOf(changed({ signature: signature.slice(0, 64) + hexOf(s) }))).toBeUndefined();
    expect(causeOf(changed({ signature: signature.slice(0, 64) + hexOf(s + L) }))).toBe(
      "signature",
    );
  });

  test.each(["", "ab", "00".repeat(64), "ff".repeat(64), "zz".repeat(64), 7, null, undefined])(
    "refuses the signature %j",
    (signature) => {
      expect(causeOf(changed({ signature: signature as never }))).toBe("signature");
    },
  );

  test("takes the same root key in upper case", () => {
    const verify = () => verifyCredential(policy, { rootPubkey: rootPubkey.toUpperCase() });
    expect(verify).not.toThrow();
  });

  test("refuses the signature of every point of small order", () => {
    const identity = ed25519.Point.ZERO.toHex();
    expect(causeOf(changed({ signature: identity + "00".repeat(32) }))).toBe("signature");
  });
});
