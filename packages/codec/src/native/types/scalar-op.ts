import { arrayClass, float16Class, type NumberElementKind } from "../../bytes/array-class.ts";
import { arrayTypeId, TypeId } from "../../bytes/type-id.ts";
import { fail, quote } from "../../failure.ts";
import type { ScalarType } from "../../schema/field-type.ts";
import { isArrayOf } from "../../value-kind.ts";
import { notOneOf } from "../../xlang/values/enum-op.ts";
import { type View, type ViewKind, viewKinds } from "../view-kind.ts";
import { writeBytes } from "../writing/write-view.ts";
import type { NativeOp } from "./checker.ts";
import { type Accept, expecting, scalarCheck } from "./scalar-check.ts";

/** The op of values of any type. Only their references are checked. */
export const anyNative: NativeOp = {
  loose: true,
  write(w, value, depth, keeps = false) {
    if (!keeps || w.keeps) w.value(value, depth);
    else {
      w.keeps = true;
      try {
        w.value(value, depth);
      } finally {
        w.keeps = false;
      }
    }
  },
  check: (c, value, _depth, keeps) => c.any(value, keeps),
};

/** The op of a scalar type. */
export function scalarNative(type: ScalarType): NativeOp {
  const accept = scalarCheck(type);
  return type.kind === "binary" ? viewNative(TypeId.binary, accept) : plain(accept);
}

/** The op of an enum. */
export function enumNative(values: readonly (string | number)[]): NativeOp {
  const known = new Set<unknown>(values);
  return plain((value) => {
    if (known.has(value)) return;
    throw fail("value", notOneOf(typeof value === "symbol" ? quote(value) : value, values));
  });
}

/** The op of a typed array. */
export function arrayNative(element: NumberElementKind): NativeOp {
  const Class = arrayClass[element];
  const accept = expecting(`a ${Class.name}`, (value) => isArrayOf(Class, value));
  return viewNative(viewId(element), accept);
}

/** Returns the id of the view that holds the elements. */
function viewId(element: NumberElementKind): number {
  if (element === "uint8") return TypeId.binary;
  const wide = element === "bfloat16" || (element === "float16" && !float16Class);
  return arrayTypeId[wide ? "float32" : element];
}

function plain(accept: Accept): NativeOp {
  return {
    write(w, value, depth, keeps) {
      accept(value);
      anyNative.write(w, value, depth, keeps);
    },
    check(c, value, _depth, keeps) {
      accept(value);
      c.leaf(value, keeps);
    },
  };
}

/**
 * The op of declared bytes and arrays. Each field gets bytes of its own: buffers are not shared.
 */
function viewNative(id: number, accept: Accept): NativeOp {
  const kind = viewKinds.get(id) as ViewKind;
  return {
    write(w, value, _depth, keeps) {
      accept(value);
      if (!w.seen(value as View, undefined, keeps)) writeBytes(w, value as View, kind);
    },
    check(c, value, _depth, keeps) {
      accept(value);
      c.leaf(value, keeps);
    },
  };
}
