import { expect, test } from "vitest";
import { ContractError } from "../src/index.ts";
import {
  decodeServiceContract,
  decodeTypeDef,
  encodeServiceContract,
  encodeTypeDef,
} from "../src/model/index.ts";
import { toHex } from "../src/model/type-hash.ts";
import { fixture, type ServiceCase } from "./notation.ts";
import fc from "./support/property.ts";

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
const models = fixture<{ name: string; kind: string; canonicalHex: string }[]>("models.json");
const services = fixture<ServiceCase[]>("services.json");

interface Vector {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly again: (bytes: Uint8Array) => Uint8Array;
}

const service = (bytes: Uint8Array) => encodeServiceContract(decodeServiceContract(bytes));
const type = (bytes: Uint8Array) => encodeTypeDef(decodeTypeDef(bytes));

const vectors: Vector[] = [
  ...models.map(({ name, kind, canonicalHex }) => ({
    name,
    bytes: bytesOf(canonicalHex),
    again: kind === "service" ? service : type,
  })),
  ...services.flatMap(({ name, canonicalHex, typeHex }) => [
    { name, bytes: bytesOf(canonicalHex), again: service },
    ...Object.entries(typeHex).map(([tag, hex]) => ({
      name: `${name}: ${tag}`,
      bytes: bytesOf(hex),
      again: type,
    })),
  ]),
];

test.each(vectors)("reads and writes again: $name", ({ bytes, again }) => {
  expect(toHex(again(bytes))).toBe(toHex(bytes));
});

const small = vectors.filter(({ bytes }) => bytes.length < 300);

test("refuses truncated bytes and bytes after the end", () => {
  for (const { name, bytes, again } of small) {
    for (let end = 0; end < bytes.length; end++) {
      expect(() => again(bytes.subarray(0, end)), `${name} to ${end}`).toThrow(ContractError);
    }
    expect(() => again(Uint8Array.of(...bytes, 0))).toThrow(/more bytes than expected at byte/);
  }
});

test("refuses changed bytes or reads another contract", () => {
  for (const { bytes, again } of small) {
    for (let index = 0; index < bytes.length; index++) {
      const flipped = bytes.slice();
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      try {
        expect(again(flipped)).not.toEqual(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ContractError);
      }
    }
  }
});

test("reads or refuses arbitrary bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      for (const decode of [decodeServiceContract, decodeTypeDef]) {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ContractError);
        }
      }
    }),
  );
});

test.each([
  ["a number that is not in its shortest form", "8000", /not in its shortest form/],
  ["a number beyond 32 bits", "ffffffff7f", /too large/],
  ["an unknown kind", "07", /not one of message, enum, union/],
  ["a string of another encoding", "0000", /UTF-8/],
  ["a string that is not UTF-8", "0006ff", /UTF-8/],
  ["a list without its mark", "0002020000", /list/],
  ["a list of four thousand million", "00020200", /end too soon/],
  ["a huge list", "000202ffffffff0f0c", /end too soon/],
])("refuses %s", (_, hex, message) => {
  expect(() => decodeTypeDef(bytesOf(hex))).toThrow(message);
});
