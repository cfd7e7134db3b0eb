import { createHash } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, test } from "vitest";
import { signBytes, strictKeyOf } from "../../src/keys/ed25519.ts";

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const message = Buffer.from("a message");
const seed = new Uint8Array(32).fill(7);
const publicHex = Buffer.from(ed25519.getPublicKey(seed)).toString("hex");
const key = strictKeyOf(publicHex)!;

function littleEndian(number: bigint, sign = false): Buffer {
  const bytes = Buffer.from(number.toString(16).padStart(64, "0"), "hex").reverse();
  if (sign) bytes[31]! |= 0x80;
  return bytes;
}

const numberOf = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);

/** A point of order 8. */
const torsion = ed25519.Point.fromHex(
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
);
const smallOrder = Array.from({ length: 8 }, (_, times) =>
  times === 0 ? ed25519.Point.ZERO : torsion.multiplyUnsafe(BigInt(times)),
);

/** A signature made with a chosen R, by the owner of the key. */
function signatureWith(nonce: bigint, extra: typeof torsion): Uint8Array {
  const point = (nonce === 0n ? ed25519.Point.ZERO : ed25519.Point.BASE.multiply(nonce)).add(extra);
  const r = point.toBytes();
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed);
  const hash = createHash("sha512").update(r).update(pointBytes).update(message).digest();
  const s = (nonce + (numberOf(hash) % L) * scalar) % L;
  return Buffer.concat([r, littleEndian(s)]);
}

describe("public keys", () => {
  test("accepts a key", () => {
    expect(key.verify(message, signBytes(seed, message))).toBe(true);
  });

  test("are refused if they have a small order", () => {
    expect(new Set(smallOrder.map((point) => point.toHex())).size).toBe(8);
    for (const point of smallOrder) expect(strictKeyOf(point.toHex())).toBeUndefined();
  });

  test("are refused in an encoding that is not canonical", () => {
    let known = 0;
    for (let y = 0n; y < 19n; y += 1n) {
      for (const sign of [false, true]) {
        if (strictKeyOf(littleEndian(y, sign).toString("hex")) !== undefined) known += 1;
        expect(strictKeyOf(littleEndian(P + y, sign).toString("hex"))).toBeUndefined();
      }
    }
    expect(known).toBeGreaterThan(0);
    // x = 0 with the sign of a negative number
    for (const y of [1n, P - 1n]) {
      expect(strictKeyOf(littleEndian(y, true).toString("hex"))).toBeUndefined();
    }
  });

  test("are refused off the curve and in other forms", () => {
    const wrong = ["", "00", `${publicHex}00`, publicHex.toUpperCase(), "02".padEnd(64, "0")];
    for (const text of wrong) expect(strictKeyOf(text)).toBeUndefined();
  });
});

describe("signatures", () => {
  const valid = signatureWith(12345n, ed25519.Point.ZERO);

  test("accepts one made by hand", () => {
    expect(key.verify(message, valid)).toBe(true);
    expect(key.verify(Buffer.from("other"), valid)).toBe(false);
  });

  test("refuses S + L", () => {
    const s = numberOf(valid.subarray(32));
    const wrong = Buffer.concat([valid.subarray(0, 32), littleEndian(s + L)]);
    expect(key.verify(message, wrong)).toBe(false);
  });

  test("refuses an R of small order", () => {
    for (const point of smallOrder) {
      expect(key.verify(message, signatureWith(0n, point))).toBe(false);
    }
  });

  test("refuses an R with a part of small order", () => {
    expect(key.verify(message, signatureWith(12345n, torsion))).toBe(false);
  });

  test("refuses other lengths", () => {
    expect(key.verify(message, valid.subarray(0, 63))).toBe(false);
    expect(key.verify(message, Buffer.concat([valid, Buffer.of(0)]))).toBe(false);
    expect(key.verify(message, new Uint8Array())).toBe(false);
  });
});

test("the keys in use are bounded", () => {
  for (let at = 0; at < 100; at += 1) {
    const one = Buffer.from(ed25519.getPublicKey(new Uint8Array(32).fill(at))).toString("hex");
    expect(strictKeyOf(one)).toBeDefined();
  }
  expect(strictKeyOf(publicHex)?.verify(message, valid())).toBe(true);
});

const valid = (): Uint8Array => signBytes(seed, message);
