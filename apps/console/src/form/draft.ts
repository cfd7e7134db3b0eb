// The entries of the user for a request.
import { type Signal, signal } from "@preact/signals";
import { jsonText, parseJson, prettyJson } from "../json/exact-json.ts";
import { type Field, type KindOf, type ScalarKind, type Shape, shapeOf } from "./shape.ts";

interface DraftOf<S extends Shape> {
  readonly shape: S;
  /** The value is null, whatever else was entered. */
  readonly isNull: Signal<boolean>;
  /** The reason why the text cannot be sent; empty if there is none. */
  readonly problem: Signal<string>;
}

export interface TextDraft
  extends DraftOf<KindOf<"string" | "number" | "integer" | "enum" | "json" | "lines" | "pairs">> {
  readonly text: Signal<string>;
  /** An empty text leaves the field out, so that it gets its default. */
  readonly optional: boolean;
}

export interface BooleanDraft extends DraftOf<KindOf<"boolean">> {
  readonly checked: Signal<boolean>;
}

export interface ObjectDraft extends DraftOf<KindOf<"object">> {
  /** Empty while the value is null. */
  readonly fields: Signal<readonly { readonly field: Field; readonly draft: Draft }[]>;
}

export interface ListDraft extends DraftOf<KindOf<"list">> {
  readonly items: Signal<readonly Draft[]>;
}

export type Draft = TextDraft | BooleanDraft | ObjectDraft | ListDraft;

/** Objects inside of objects are null, or JSON, from this depth on. */
const DEEPEST = 8;

/** Makes the draft of a value; without one that of the defaults. */
export function draftOf(shape: Shape, value?: unknown, required = true, depth = 0): Draft {
  const { schema } = shape;
  const given = value === undefined ? schema.default : value;
  const common = {
    isNull: signal(shape.nullable && (given === undefined || given === null)),
    problem: signal(""),
  };
  switch (shape.kind) {
    case "boolean":
      return { ...common, shape, checked: signal(given === true) };
    case "object":
      if (depth >= DEEPEST) return textDraft(common, jsonShape(shape), given, required);
      return {
        ...common,
        shape,
        fields: signal(common.isNull.value ? [] : fieldDrafts(shape, given, depth)),
      };
    case "list": {
      const items = Array.isArray(given) ? given : [];
      const drafts = items.map((item) => draftOf(shape.item(), item, true, depth + 1));
      return { ...common, shape, items: signal(drafts) };
    }
    default:
      return textDraft(common, shape, given, required);
  }
}

/** Makes the draft of a method's request from its schema. */
export const requestDraft = (schema: Parameters<typeof shapeOf>[0], value?: unknown): Draft =>
  draftOf(shapeOf(schema), value);

/** Makes the value null, or takes that back. */
export function setNull(draft: Draft, isNull: boolean): void {
  draft.isNull.value = isNull;
  if ("fields" in draft && !isNull && draft.fields.value.length === 0) {
    draft.fields.value = fieldDrafts(draft.shape, undefined, 0);
  }
}

function fieldDrafts(shape: KindOf<"object">, value: unknown, depth: number) {
  const members = (typeof value === "object" ? (value ?? {}) : {}) as Record<string, unknown>;
  return shape.fields().map((field) => ({
    field,
    draft: draftOf(field.shape, members[field.name], field.required, depth + 1),
  }));
}

function jsonShape({ nullable, schema }: Shape): KindOf<"json"> {
  return { kind: "json", nullable, schema };
}

function textDraft(
  common: Pick<TextDraft, "isNull" | "problem">,
  shape: TextDraft["shape"],
  given: unknown,
  required: boolean,
): TextDraft {
  return { ...common, shape, text: signal(textOf(shape, given)), optional: !required };
}

function textOf(shape: TextDraft["shape"], value: unknown): string {
  if (value === undefined || value === null) return "";
  if (shape.kind === "lines" && Array.isArray(value)) return linesText(value);
  if (shape.kind === "pairs" && typeof value === "object") return pairsText(value);
  if (shape.kind === "json") return prettyJson(value);
  return typeof value === "object" ? jsonText(value) : String(value);
}

/** Lines, or JSON where a value would not be one line of its own. */
function linesText(values: readonly unknown[]): string {
  const texts = values.map(String);
  const asLines = texts.every((text) => text !== "" && text === text.trim() && isPlain(text));
  return asLines ? texts.join("\n") : jsonText(values);
}

function pairsText(values: object): string {
  const pairs = Object.entries(values);
  const asLines = pairs.every(
    ([key, value]) =>
      key !== "" && key === key.trim() && !key.includes("=") && isPlain(key) && isPlain(`${value}`),
  );
  return asLines ? pairs.map(([key, value]) => `${key}=${value}`).join("\n") : jsonText(values);
}

const isPlain = (text: string): boolean => !/[\n\r]/.test(text) && !/^[[{]/.test(text);

/** A draft has a text that is not a value of its shape; its `problem` says why. */
export class DraftProblem extends Error {
  override readonly name = "DraftProblem";
}

/**
 * Returns the value of a draft, `undefined` for a field that is left out. Sets the problems of all
 * drafts in it, and throws `DraftProblem` if there is one.
 */
export function draftValue(draft: Draft): unknown {
  const state = { failed: false };
  const value = valueIn(draft, state);
  if (state.failed) throw new DraftProblem("some fields cannot be sent");
  return value;
}

function valueIn(draft: Draft, state: { failed: boolean }): unknown {
  draft.problem.value = "";
  if (draft.isNull.value) return null;
  if ("checked" in draft) return draft.checked.value;
  if ("items" in draft) return draft.items.value.map((item) => valueIn(item, state));
  if ("fields" in draft) {
    return Object.fromEntries(
      draft.fields.value.map(({ field, draft: inner }) => [field.name, valueIn(inner, state)]),
    );
  }
  try {
    return textValue(draft);
  } catch (error) {
    state.failed = true;
    draft.problem.value = (error as Error).message;
    return undefined;
  }
}

function textValue({ shape, text: { value: text }, optional }: TextDraft): unknown {
  switch (shape.kind) {
    case "string":
      return text;
    case "enum":
      return text === "" ? undefined : text;
    case "number":
    case "integer":
      return text.trim() === "" && optional ? undefined : numberValue(shape.kind, text, shape);
    case "lines":
      if (text.trimStart().startsWith("[")) return parseJson(text);
      return linesOf(text).map((line) => scalarValue(shape.item, line));
    case "pairs":
      if (text.trimStart().startsWith("{")) return parseJson(text);
      return Object.fromEntries(linesOf(text).map((line) => pairValue(shape.item, line)));
    case "json":
      return text.trim() === "" && optional ? undefined : parseJson(text);
  }
}

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

function pairValue(item: ScalarKind, line: string): [string, unknown] {
  const at = line.indexOf("=");
  if (at < 1) throw new Error(`"${line}" is not key=value`);
  return [line.slice(0, at).trim(), scalarValue(item, line.slice(at + 1).trim())];
}

const scalarValue = (kind: ScalarKind, text: string): unknown =>
  kind === "string" ? text : numberValue(kind, text);

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberValue(kind: "number" | "integer", given: string, shape?: Shape): unknown {
  const text = given.trim();
  if (kind === "integer") {
    if (!/^-?\d+$/.test(text))
      throw new Error(text === "" ? "enter an integer" : `"${text}" is not an integer`);
    const value = Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
    checkRange(value, shape);
    return value;
  }
  if (!NUMBER.test(text))
    throw new Error(text === "" ? "enter a number" : `"${text}" is not a number`);
  checkRange(Number(text), shape);
  return Number(text);
}

function checkRange(value: number | bigint, shape: Shape | undefined): void {
  const { minimum, maximum } = shape?.schema ?? {};
  if (minimum !== undefined && value < minimum) throw new Error(`the least value is ${minimum}`);
  if (maximum !== undefined && value > maximum) throw new Error(`the largest value is ${maximum}`);
}
