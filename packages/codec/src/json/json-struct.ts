import { asFailure, fail, quote } from "../failure.ts";
import { setOwn } from "../own-property.ts";
import { Choices, type UnionType } from "../schema/choices.ts";
import type { ElementType, FieldType } from "../schema/field-type.ts";
import { otherKind, otherKindTest } from "../schema/struct-kind.ts";
import { registryOf, type TypeScope } from "../schema/type-scope.ts";
import type { WireField, WireTypeInfo } from "../schema/wire-type-info.ts";
import { notOneOf } from "../xlang/values/enum-op.ts";
import { JsonAny } from "./json-any.ts";
import {
  isObject,
  type JsonElement,
  jsonArray,
  jsonList,
  jsonMap,
  readElement,
  writeElement,
} from "./json-containers.ts";
import { jsonCase, jsonExt } from "./json-named.ts";
import { checkDepth, expected, type JsonOp } from "./json-op.ts";
import { jsonScalar } from "./json-scalar.ts";
import { countedItems, countedScalar, fieldCost, JsonWork } from "./json-work.ts";
import { unexpectedFields } from "./unexpected-fields.ts";

/** Makes the ops of wire types, each once, as types may hold each other. */
export class JsonTypes {
  readonly work: JsonWork = new JsonWork();
  readonly #maxDepth: number;
  readonly #ops = new WeakMap<WireTypeInfo, JsonOp>();

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  readonly bind = (given: WireTypeInfo): JsonOp => {
    const info = given.base ?? given;
    let op = this.#ops.get(info);
    if (!op) {
      op = lazy(() => this.#struct(info));
      this.#ops.set(info, op);
    }
    return op;
  };

  #struct(info: WireTypeInfo): JsonOp {
    registryOf(info.scope).confirm(info);
    const fields = info.fields.map((field) => ({
      field,
      label: `${JSON.stringify(field.name)}:`,
      element: this.element(field, info.scope),
    }));
    const names = info.fields.map((field) => field.name);
    const known = new Set(names);
    const prototype: object = info.class?.prototype ?? Object.prototype;
    const maxDepth = this.#maxDepth;
    const { work } = this;
    const cost = fields.length * fieldCost;
    const isOther = otherKindTest(info);
    return {
      write(value, depth) {
        if (typeof value !== "object" || value === null || isOther?.(value)) {
          throw otherKind(info, value);
        }
        checkDepth(depth, maxDepth);
        let text = "";
        for (const { field, label, element } of fields) {
          const item = (value as Record<string, unknown>)[field.key];
          text += text === "" ? label : `,${label}`;
          text += inField(field.name, () => writeField(item, field, element, depth));
        }
        return `{${text}}`;
      },
      read(json, depth) {
        if (!isObject(json)) throw expected("an object", json);
        checkDepth(depth, maxDepth);
        work.spend(cost);
        const unexpected = Object.keys(json).filter((key) => !known.has(key));
        if (unexpected.length > 0) throw unexpectedFields(unexpected, names);
        const object: Record<string, unknown> = Object.create(prototype);
        let i = 0;
        try {
          for (; i < fields.length; i++) {
            const { field, element } = fields[i] as (typeof fields)[number];
            const item = Object.hasOwn(json, field.name) ? json[field.name] : undefined;
            setOwn(object, field.key, readField(item, field, element, depth));
          }
        } catch (reason) {
          throw asFailure(reason).inField(names[i] as string);
        }
        return object;
      },
    };
  }

  /** Returns the op of an element. Values of any type find their types in `scope`. */
  element(element: ElementType, scope: TypeScope): JsonElement {
    return {
      op: this.#op(element.type, scope),
      nullable: element.nullable || element.type.kind === "any",
      optional: element.optional,
    };
  }

  #op(type: FieldType, scope: TypeScope): JsonOp {
    switch (type.kind) {
      case "list":
        return jsonList(this.element(type.element, scope), "list", this.#maxDepth);
      case "set": {
        const op = jsonList(this.element(type.element, scope), "set", this.#maxDepth);
        return countedItems("set", op, this.work);
      }
      case "map":
        return jsonMap(
          this.element(type.key, scope),
          this.element(type.value, scope),
          type.form,
          this.#maxDepth,
        );
      case "array": {
        const op = jsonArray(type.element, this.#maxDepth);
        const wide = type.element === "int64" || type.element === "uint64";
        return wide ? countedItems("bigints", op, this.work) : op;
      }
      case "enum":
        return jsonEnum(type.values);
      case "struct":
        return this.bind(type.info());
      case "ext":
        return jsonExt(type, this.element(type.form, scope));
      case "named_union":
        return jsonCase(type, (element) => this.element(element, scope), this.#maxDepth);
      case "union":
        return jsonUnion(type, this.bind);
      case "any":
        return new JsonAny(scope, this.#maxDepth, (inner) => this.#op(inner, scope));
      default:
        return countedScalar(type, jsonScalar(type), this.work);
    }
  }
}

function writeField(value: unknown, field: WireField, element: JsonElement, depth: number): string {
  const given = value === undefined && field.default ? field.default() : value;
  if (given === undefined && !element.nullable) throw fail("value", "is missing");
  return writeElement(given, element, depth);
}

function readField(json: unknown, field: WireField, element: JsonElement, depth: number): unknown {
  if (json !== undefined) return readElement(json, element, depth);
  if (field.default) return field.default();
  if (element.nullable) return element.optional ? undefined : null;
  throw fail("data", "is missing");
}

function jsonEnum(values: readonly (string | number)[]): JsonOp {
  const known = new Set<unknown>(values);
  const byText = new Map(values.map((value) => [String(value), value]));
  const write = (value: unknown): string => {
    if (!known.has(value)) throw fail("value", notOneOf(value, values));
    return JSON.stringify(value);
  };
  return {
    write,
    keys: {
      write(value) {
        write(value);
        const text = String(value);
        if (byText.get(text) === value) return JSON.stringify(text);
        throw fail("value", `${quote(text)} names two values in JSON: use another mode`);
      },
      read(name) {
        const value = byText.get(name);
        if (value === undefined) throw fail("data", notOneOf(name, values));
        return value;
      },
    },
    read(json) {
      if (!known.has(json)) throw fail("data", notOneOf(json, values));
      return json;
    },
  };
}

/**
 * The op of a union of wire types. A distinct literal or the keys tell the options apart, as in the
 * schema.
 */
function jsonUnion(type: UnionType, bind: (info: WireTypeInfo) => JsonOp): JsonOp {
  let byKey: Choices | undefined;
  let byName: Choices | undefined;
  return {
    write(value, depth) {
      byKey ??= new Choices(type, (field) => field.key);
      return bind(byKey.of(value)).write(value, depth);
    },
    read(json, depth) {
      byName ??= new Choices(type, (field) => field.name);
      return bind(byName.of(json)).read(json, depth);
    },
  };
}

function lazy(make: () => JsonOp): JsonOp {
  let made: JsonOp | undefined;
  const op = (): JsonOp => {
    made ??= make();
    return made;
  };
  return {
    write: (value, depth) => op().write(value, depth),
    read: (json, depth) => op().read(json, depth),
  };
}

function inField<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (reason) {
    throw asFailure(reason).inField(name);
  }
}
