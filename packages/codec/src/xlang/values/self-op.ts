import { TypeId } from "../../bytes/type-id.ts";
import { fail } from "../../failure.ts";
import type { ElementType, FieldType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { Bind } from "../binding.ts";
import { builtInId } from "../field-order.ts";
import { arrayFromList } from "./array-op.ts";
import type { ElementOp } from "./element-op.ts";
import { notOneOf } from "./enum-op.ts";
import { listOp, setOp } from "./list-op.ts";
import { mapOp, recordOp } from "./map-op.ts";
import { scalarOp } from "./scalar-op.ts";
import { versionOp } from "./stated-op.ts";
import { optionOf } from "./union-op.ts";
import type { ValueOp } from "./value-op.ts";

/**
 * Returns the op of values that carry their full type, so that a reader needs no schema: for a
 * message that is not a struct, and for a typed value in a place of any type (docs/fory.md, "Other
 * roots").
 */
export function selfOp(type: FieldType, scope: TypeScope, bind: Bind): ValueOp {
  switch (type.kind) {
    case "list":
      return lenient(listOp(selfElement(type.element, scope, bind)), type, scope, bind);
    case "set":
      return lenient(setOp(selfElement(type.element, scope, bind)), type, scope, bind);
    case "map": {
      const key = selfElement(type.key, scope, bind);
      const make = type.form === "record" ? recordOp : mapOp;
      const keyed = { ...key, op: saying(key.op) };
      return lenient(make(keyed, selfElement(type.value, scope, bind)), type, scope, bind);
    }
    case "struct":
      return bind(type.info());
    case "union":
      return optionOf(type, bind);
    case "any":
      return bind.ops.any(scope);
    case "enum":
      return type.named ? bind.ops.of(type, scope) : valueOp(type.values, bind.ops.of(type, scope));
    case "ext":
    case "named_union":
      return bind.ops.of(type, scope);
    default:
      return lenient(bind.ops.of(type, scope), type, scope, bind);
  }
}

function selfElement(inner: ElementType, scope: TypeScope, bind: Bind): ElementOp {
  return {
    op: selfOp(inner.type, scope, bind),
    nullable: inner.nullable || inner.type.kind === "any",
    optional: inner.optional,
    typed: true,
  };
}

/** Makes keys carry their type, as values of any type do. */
function saying(op: ValueOp): ValueOp {
  return op.dynamic
    ? op
    : { ...op, dynamic: { classify: () => op, readType: (r) => op.readInfo(r), declared: op } };
}

/** Makes an op that also reads other types which a field of this type could have had. */
function lenient(op: ValueOp, type: FieldType, scope: TypeScope, bind: Bind): ValueOp {
  const own = builtInId(type);
  const self: ValueOp = {
    ...op,
    readInfo(r) {
      const id = r.byte();
      if (id === own) return self;
      const other = id === TypeId.any ? undefined : otherOp(id, type, self, scope, bind);
      if (!other) throw fail("mismatch", `type id ${own} expected, ${id} found`);
      return other;
    },
  };
  return self;
}

function otherOp(
  id: number,
  type: FieldType,
  own: ValueOp,
  scope: TypeScope,
  bind: Bind,
): ValueOp | undefined {
  if (type.kind === "array" && id === TypeId.list) {
    const wide = type.element.endsWith("int64");
    const element: FieldType =
      type.element === "bool" || !wide
        ? { kind: type.element }
        : { kind: type.element, as: "bigint" };
    return arrayFromList(type.element, selfOp(element, scope, bind), own);
  }
  return versionOp({ id, nullable: false, shared: false, inner: [] }, type, own, scope, bind);
}

/** The op of an enum without a name. Its values are written as themselves: texts and integers. */
function valueOp(values: readonly (string | number)[], own: ValueOp): ValueOp {
  const known = new Set<unknown>(values);
  const text = scalarOp({ kind: "string" });
  const number = scalarOp({ kind: "varint64", as: "number" });
  const classify = (value: unknown): ValueOp => (typeof value === "number" ? number : text);
  const checked = (op: ValueOp): ValueOp => ({
    ...op,
    read(r, depth) {
      const value = op.read(r, depth);
      if (known.has(value)) return value;
      throw fail("data", "a value that the enum does not have");
    },
  });
  const [readText, readNumber] = [checked(text), checked(number)];
  const check = (value: unknown): void => {
    if (!known.has(value)) throw fail("value", notOneOf(value, values));
  };
  const readType: ValueOp["readInfo"] = (r) => {
    const id = r.bytes[r.pos];
    if (id === TypeId.string) return text.readInfo(r) && readText;
    if (id === TypeId.varint64) return number.readInfo(r) && readNumber;
    return own.readInfo(r);
  };
  return {
    ...own,
    dynamic: {
      classify(value) {
        check(value);
        return classify(value);
      },
      readType,
      declared: own,
    },
    write(w, value, depth) {
      check(value);
      const op = classify(value);
      op.writeInfo(w);
      op.write(w, value, depth);
    },
    read: (r, depth) => readType(r).read(r, depth),
    writeInfo: () => undefined,
    readInfo: readType,
  };
}
