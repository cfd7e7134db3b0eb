import { canGenerate } from "../../codegen/source.ts";
import { asFailure, fail } from "../../failure.ts";
import { setOwn } from "../../own-property.ts";
import type { ElementType } from "../../schema/field-type.ts";
import { otherKind, otherKindTest } from "../../schema/struct-kind.ts";
import { registryOf } from "../../schema/type-scope.ts";
import type { WireField, WireTypeInfo } from "../../schema/wire-type-info.ts";
import { makeShape, type Shape } from "../records/shape.ts";
import { hasKeys } from "../records/shape-cache.ts";
import type { NativeWriter } from "../writing/native-writer.ts";
import type { Checker, NativeOp } from "./checker.ts";
import {
  type CheckStruct,
  generateStructCheck,
  generateStructWriter,
  type StructParts,
  type WriteStruct,
} from "./generate-struct.ts";

interface Plan {
  readonly shape: Shape;
  /** True for objects of another kind, which generated code refuses too. */
  readonly isOther: ((value: object) => boolean) | undefined;
  readonly fields: readonly (readonly [WireField, NativeOp])[];
  /** Generated functions, made on first use. */
  write: WriteStruct | undefined;
  check: CheckStruct | undefined;
}

/** The op of a wire type: an object with exactly its fields, of its class if it has one. */
export class StructNative implements NativeOp {
  readonly prototype: object;
  readonly #info: WireTypeInfo;
  readonly #opOf: (element: ElementType) => NativeOp;
  #made: Plan | undefined;

  constructor(info: WireTypeInfo, opOf: (element: ElementType) => NativeOp) {
    this.#info = info;
    this.#opOf = opOf;
    this.prototype = info.class?.prototype ?? Object.prototype;
  }

  form(): unknown {
    return this;
  }

  write(w: NativeWriter, value: unknown, depth: number, given?: boolean): void {
    const keeps = given === true || (this.#info.refs && w.tracks);
    if (!w.exact && canGenerate()) {
      const plan = this.#plan();
      plan.write ??= generateStructWriter(this.#parts(plan));
      plan.write(w, value, depth, keeps);
    } else this.#writeExact(w, value, depth, keeps);
  }

  #writeExact(w: NativeWriter, value: unknown, depth: number, keeps: boolean): void {
    const { shape, fields, isOther } = this.#plan();
    if (typeof value !== "object" || value === null || isOther?.(value)) {
      throw otherKind(this.#info, value);
    }
    if (!w.opened(value, depth, this, keeps)) return;
    w.shape(shape);
    let i = 0;
    try {
      for (; i < fields.length; i++) {
        const [field, op] = fields[i] as Plan["fields"][number];
        const given = (value as Record<string, unknown>)[field.key];
        const item = given === undefined && field.default ? field.default() : given;
        if (item === undefined && isRequired(field)) throw fail("value", "is missing");
        op.write(w, item, depth + 1, field.ref);
      }
    } catch (reason) {
      throw asFailure(reason).inField(shape.keys[i] as string);
    }
  }

  check(c: Checker, value: unknown, depth: number, given?: boolean): void {
    const keeps = given === true || this.#info.refs;
    if (!c.exact && canGenerate()) {
      const plan = this.#plan();
      plan.check ??= generateStructCheck(this.#parts(plan));
      plan.check(c, value, depth, keeps);
    } else this.#checkExact(c, value, depth, keeps);
  }

  #checkExact(c: Checker, value: unknown, depth: number, keeps: boolean): void {
    if (typeof value !== "object" || value === null) throw otherKind(this.#info, value);
    if (Object.getPrototypeOf(value) !== this.prototype) throw otherKind(this.#info, value);
    if (!c.enter(this, value, depth, keeps)) return;
    const { shape, fields } = this.#plan();
    this.#complete(value as Record<string, unknown>);
    let i = 0;
    try {
      for (; i < fields.length; i++) {
        const [field, op] = fields[i] as Plan["fields"][number];
        op.check?.(c, (value as Record<string, unknown>)[field.key], depth + 1, field.ref);
      }
    } catch (reason) {
      throw asFailure(reason).inField(shape.keys[i] as string);
    }
  }

  /** Adds fields that may be absent to a decoded object. */
  #complete(object: Record<string, unknown>): void {
    const { shape, fields } = this.#plan();
    if (hasKeys(shape, Object.keys(object))) return;
    const unexpected = Object.keys(object).find((key) => !shape.keys.includes(key));
    if (unexpected !== undefined) {
      throw fail(
        "mismatch",
        `the type has no such field here: both sides must be built from the same definition`,
      ).inField(unexpected.slice(0, 80));
    }
    for (const [field] of fields) {
      if (Object.hasOwn(object, field.key)) continue;
      if (field.default) setOwn(object, field.key, field.default());
      else if (!isRequired(field)) setOwn(object, field.key, field.optional ? undefined : null);
      else throw fail("data", "is missing").inField(field.key);
    }
  }

  #parts({ shape, isOther, fields }: Plan): StructParts {
    return {
      struct: this,
      shape,
      isOther,
      prototype: this.prototype,
      fields,
      opOf: this.#opOf,
      complete: (object) => this.#complete(object as Record<string, unknown>),
    };
  }

  #plan(): Plan {
    this.#made ??= this.#make();
    return this.#made;
  }

  #make(): Plan {
    const info = this.#info;
    const { fields } = info;
    registryOf(info.scope).confirm(info);
    return {
      shape: makeShape(
        fields.map((field) => field.key),
        info.class && info.tag,
      ),
      isOther: otherKindTest(info),
      fields: fields.map((field) => [field, this.#opOf(field)] as const),
      write: undefined,
      check: undefined,
    };
  }
}

function isRequired(field: WireField): boolean {
  return !field.nullable && field.type.kind !== "any";
}
