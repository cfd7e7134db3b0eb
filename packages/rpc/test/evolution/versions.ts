// Two versions of a service, old and new, as two programs would define them.
import { createTypeScope, type TypeScope, wireType, wireUnion } from "@aster/codec";
import type { MethodOptions } from "@aster/contract";
import {
  defineService,
  implement,
  type ServiceDefinition,
  type ServiceImplementation,
  unary,
} from "@aster/rpc";
import { z } from "zod";

export type Shape = z.core.$ZodLooseShape;

/** The messages of the method `put` in one version: the request is also the response. */
export interface Version {
  readonly shape: (scope: TypeScope) => Shape;
  readonly options?: MethodOptions;
  /** A request, and the handler's response. */
  readonly value: Record<string, unknown>;
}

export const version = (
  shape: Shape | ((scope: TypeScope) => Shape),
  value: Record<string, unknown>,
): Version => ({
  shape: typeof shape === "function" ? (shape as Version["shape"]) : () => shape,
  value,
});

const MODES = ["xlang", "native", "json"] as const;
export type Mode = (typeof MODES)[number] | "row";

/** The service `Orders` of one version. The method `same` has equal types in all versions. */
export function orders(
  { shape, options }: Version,
  modes: readonly Mode[] = MODES,
): ServiceDefinition {
  const scope = createTypeScope();
  const Empty = wireType("orders/Empty", {}, { scope });
  const Order = wireType("orders/Order", shape(scope), { scope });
  return defineService(
    "Orders",
    { serialization: modes },
    { same: unary(Empty, Empty), put: unary(Order, Empty, options), get: unary(Empty, Order) },
  );
}

/** A server of one version. It appends the requests of `put` to `received`. */
export function serving(
  definition: ServiceDefinition,
  { value }: Version,
  received: unknown[] = [],
): ServiceImplementation {
  return implement(definition, {
    same: () => ({}),
    put: (request: unknown) => {
      received.push(request);
      return {};
    },
    get: () => value,
  } as never);
}

const A = (scope: TypeScope) => wireType("orders/A", { kind: z.literal("a") }, { scope });
const B = (scope: TypeScope) => wireType("orders/B", { kind: z.literal("b") }, { scope });

/** The result of a call: it works, or the server's text of the difference. */
export type Expected = "works" | RegExp;

export interface Change {
  readonly name: string;
  readonly old: Version;
  readonly next: Version;
  /** An old client calls `put` and `get` of a new server, in each mode. */
  readonly oldClient: Readonly<Partial<Record<Mode, readonly [put: Expected, get: Expected]>>>;
  /** A new client calls an old server. */
  readonly newClient: Readonly<Partial<Record<Mode, readonly [put: Expected, get: Expected]>>>;
}

const sku = z.string();
const added = /count: none → int64/;
const removed = /count: int64.* → none/;
const works = ["works", "works"] as const;

const optional: Pick<Change, "oldClient" | "newClient"> = {
  oldClient: {
    xlang: works,
    json: ["works", added],
    native: ["works", added],
    row: [added, added],
  },
  newClient: {
    xlang: works,
    json: [removed, "works"],
    native: [removed, "works"],
    row: [removed, removed],
  },
};

/** Kinds of changes, with the verdict for each side and mode (docs/guide/evolution.md). */
export const changes: readonly Change[] = [
  {
    name: "an optional field is added",
    old: version({ sku }, { sku: "a" }),
    next: version({ sku, count: z.int().optional() }, { sku: "a", count: 2 }),
    ...optional,
  },
  {
    name: "a field with a default is added",
    old: version({ sku }, { sku: "a" }),
    next: version({ sku, count: z.int().default(1) }, { sku: "a", count: 2 }),
    ...optional,
  },
  {
    name: "a required field is added",
    old: version({ sku }, { sku: "a" }),
    next: version({ sku, count: z.int() }, { sku: "a", count: 2 }),
    oldClient: { xlang: [added, "works"], json: [added, added], native: [added, added] },
    newClient: { xlang: ["works", removed], json: [removed, removed], native: [removed, removed] },
  },
  {
    name: "a required field is removed",
    old: version({ sku, count: z.int() }, { sku: "a", count: 2 }),
    next: version({ sku }, { sku: "a" }),
    oldClient: { xlang: ["works", removed], json: [removed, removed] },
    newClient: { xlang: [added, "works"], json: [added, added] },
  },
  {
    name: "a field is renamed",
    old: version({ sku }, { sku: "a" }),
    next: version({ item: z.string() }, { item: "a" }),
    oldClient: { xlang: [/item: none → string/, /sku: string \(required\) → none/] },
    newClient: { xlang: [/sku: none → string/, /item: string \(required\) → none/] },
  },
  {
    name: "a field with a number is renamed",
    old: version({ sku: sku.meta({ fieldId: 1 }) }, { sku: "a" }),
    next: version({ item: z.string().meta({ fieldId: 1 }) }, { item: "a" }),
    oldClient: { xlang: works, json: [/item: none → string/, /sku: string \(required\) → none/] },
    newClient: { xlang: works, json: [/sku: none → string/, /item: string \(required\) → none/] },
  },
  {
    name: "a type changes to another one",
    old: version({ sku, at: z.string() }, { sku: "a", at: "x" }),
    next: version({ sku, at: z.array(z.string()) }, { sku: "a", at: ["x"] }),
    oldClient: {
      xlang: [/request\.at: string → list<string>/, /response\.at: string → list<string>/],
      json: [/at: string → list<string>/, /at: string → list<string>/],
    },
    newClient: { xlang: [/at: list<string> → string/, /at: list<string> → string/] },
  },
  {
    name: "a number becomes text",
    old: version({ sku, x: z.int64() }, { sku: "a", x: 7n }),
    next: version({ sku, x: z.string() }, { sku: "a", x: "7" }),
    oldClient: { xlang: ["works", /response\.x: int64 → string/], json: [/int64 →/, /int64 →/] },
    newClient: { xlang: [/request\.x: string → int64/, "works"], json: [/→ int64/, /→ int64/] },
  },
  {
    name: "a number becomes wider",
    old: version({ sku, n: z.int32() }, { sku: "a", n: 7 }),
    next: version({ sku, n: z.number() }, { sku: "a", n: 7.5 }),
    oldClient: { xlang: ["works", /n: int32 → float64/], json: ["works", /n: int32 → float64/] },
    newClient: { xlang: [/n: float64 → int32/, "works"], json: [/n: float64 → int32/, "works"] },
  },
  {
    name: "a value is added to an enum",
    // another difference makes the contract ids differ: they do not cover the values of enums
    old: version({ level: z.enum(["low"]), sku }, { level: "low", sku: "a" }),
    next: version(
      { level: z.enum(["low", "high"]), sku, more: z.string().optional() },
      { level: "high", sku: "a" },
    ),
    oldClient: { xlang: ["works", /level: enum<"low"> → enum<"low" \| "high">/] },
    newClient: { xlang: [/level: enum<"low" \| "high"> → enum<"low">/, "works"] },
  },
  {
    name: "an option is added to a union",
    old: version((scope) => ({ of: z.union([A(scope)]) }), { of: { kind: "a" } }),
    next: version((scope) => ({ of: z.union([A(scope), B(scope)]) }), { of: { kind: "a" } }),
    oldClient: {
      xlang: ["works", /of: union<orders\/A> → union<orders\/A \| orders\/B>/],
      json: ["works", /of: union/],
    },
    newClient: { xlang: [/of: union/, "works"], json: [/of: union/, "works"] },
  },
  {
    name: "a case is added to a union of cases",
    old: version(
      (scope) => ({ of: wireUnion("orders/Of", { 0: z.string() }, { scope }), x: z.int() }),
      { of: { case: 0, value: "a" }, x: 1 },
    ),
    next: version(
      (scope) => ({
        of: wireUnion("orders/Of", { 0: z.string(), 1: z.int() }, { scope }),
        x: z.number(),
      }),
      { of: { case: 1, value: 5 }, x: 1 },
    ),
    oldClient: { xlang: ["works", /of\.case 1: none → int64/], json: ["works", /of\.case 1/] },
    newClient: { xlang: [/of\.case 1: int64 → none/, "works"], json: [/of\.case 1/, "works"] },
  },
  {
    name: "a field becomes nullable",
    old: version({ sku, note: z.string() }, { sku: "a", note: "n" }),
    next: version({ sku, note: z.string().nullable() }, { sku: "a", note: null }),
    oldClient: {
      xlang: ["works", /note: string → string\?/],
      json: ["works", /note: string → string\?/],
      native: ["works", /note: string → string\?/],
      row: ["works", /note: string → string\?/],
    },
    newClient: { xlang: [/note: string\? → string/, "works"] },
  },
  {
    name: "a type inside changes",
    old: version(
      (scope) => ({ lines: z.array(wireType("orders/Line", { price: z.int() }, { scope })) }),
      { lines: [{ price: 1 }] },
    ),
    next: version(
      (scope) => ({ lines: z.array(wireType("orders/Line", { price: z.date() }, { scope })) }),
      { lines: [{ price: new Date(0) }] },
    ),
    oldClient: { xlang: [/request\.lines\.price: int64 → timestamp/, /response\.lines\.price/] },
    newClient: { xlang: [/request\.lines\.price: timestamp → int64/, /response\.lines\.price/] },
  },
];
