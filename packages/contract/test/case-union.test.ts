import { createTypeScope, wireType, wireTypeInfo, wireUnion } from "@aster/codec";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineService, unary } from "../src/index.ts";
import { contractOf } from "../src/model/index.ts";
import { typeText } from "../src/model/type-text.ts";

const scope = createTypeScope();
const Point = wireType("cases/Point", { x: z.int(), y: z.int() }, { scope });
const Contact: z.ZodType = wireUnion(
  "cases/Contact",
  { 0: z.string(), 1: Point, 7: z.array(z.lazy((): z.ZodType => Contact)).optional() },
  { scope },
);
const Card = wireType("cases/Card", { contact: Contact, others: z.array(Contact) }, { scope });

test("includes wire types inside the cases of a union in the contract", () => {
  const { types } = contractOf(defineService("Cards", {}, { keep: unary(Card, Card) }));
  expect(types.map(({ tag }) => tag).sort()).toEqual(["cases/Card", "cases/Point"]);
  const [contact] = types.find(({ tag }) => tag === "cases/Card")?.definition.fields ?? [];
  expect(contact?.typeKind).toBe("any");
});

test("prints a union as its cases, and inside itself as its tag", () => {
  const [contact, others] = wireTypeInfo(Card)?.fields ?? [];
  const text = "union<cases/Contact, 0: string | 1: cases/Point | 7: list<cases/Contact>?>";
  expect(contact && typeText(contact.type)).toBe(text);
  expect(others && typeText(others.type)).toBe(`list<${text}>`);
});
