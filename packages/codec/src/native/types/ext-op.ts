import { TypeId } from "../../bytes/type-id.ts";
import { fail, kindOf } from "../../failure.ts";
import { extForm, extValue } from "../../schema/ext-value.ts";
import type { ElementType, ExtType } from "../../schema/field-type.ts";
import { keepsReferences, nestedTypes } from "../../schema/nested-types.ts";
import { NativeReader } from "../reading/native-reader.ts";
import { NativeWriter } from "../writing/native-writer.ts";
import { writeValues } from "../writing/write-values.ts";
import { checkDecoded } from "./check-decoded.ts";
import type { Checker, NativeOp } from "./checker.ts";

/** The op of an ext, with a reader for values of any type. */
export interface BoundExt extends NativeOp {
  /** Reads the form between the position and `end`, checks it, and makes the instance. */
  read(r: NativeReader, end: number, depth: number): object;
}

/** Forms are small: most fit without growing. */
const firstBytes = 256;
/** A buffer that grew beyond this size is dropped. */
const keptBytes = 65_536;
/** Maximum number of idle writers and readers. Nested exts need one for each level. */
const maxIdle = 8;
const idleWriters: NativeWriter[] = [];
const idleReaders: NativeReader[] = [];

/**
 * The op of an ext: instances of a class of the program's.
 *
 * The form is written as a message of its own, so that no reference crosses its border. It is
 * checked before the program's function makes an instance of it.
 */
export class ExtNative implements BoundExt {
  readonly #type: ExtType;
  readonly #opOf: (element: ElementType) => NativeOp;
  #made: NativeOp | undefined;

  constructor(type: ExtType, opOf: (element: ElementType) => NativeOp) {
    this.#type = type;
    this.#opOf = opOf;
  }

  form(): unknown {
    return this;
  }

  write(w: NativeWriter, value: unknown, depth: number, keeps?: boolean): void {
    const form = extForm(this.#type, value);
    if (!w.opened(value as object, depth, this, keeps)) return;
    w.putByte(TypeId.namedExt);
    w.text(this.#type.named.tag);
    const inner =
      idleWriters.pop() ?? new NativeWriter(new Uint8Array(firstBytes), { fixed: false });
    try {
      inner.exact = w.exact;
      inner.maxDepth = w.maxDepth;
      inner.maxBytes = w.maxBytes;
      inner.structOf = w.structOf;
      inner.keeps = w.keeps;
      inner.tracks = w.keeps || this.#tracks;
      writeValues(inner, this.#formOp, form, {
        start: new Uint8Array(0),
        offset: 0,
        depth: depth + 1,
      });
      w.putSmall(inner.pos);
      w.putBytes(inner.bytes.subarray(0, inner.pos));
    } finally {
      inner.clear();
      inner.windows.clear();
      if (inner.bytes.length <= keptBytes && idleWriters.length < maxIdle) idleWriters.push(inner);
    }
  }

  check(c: Checker, value: unknown, _depth: number, keeps?: boolean): void {
    const { class: Class, named } = this.#type;
    if (!(value instanceof Class)) {
      throw fail("value", `expected a ${Class.name} (${named.tag}), got ${kindOf(value)}`);
    }
    c.leaf(value, keeps);
  }

  read(r: NativeReader, end: number, depth: number): object {
    r.checkDepth(depth);
    const inner = idleReaders.pop() ?? new NativeReader(r.bytes);
    try {
      inner.begin(r.bytes);
      inner.pos = r.pos;
      inner.end = end;
      inner.maxDepth = r.maxDepth;
      inner.graphBytes = r.graphBytes;
      inner.exact = r.exact;
      inner.keeps = r.keeps;
      inner.structNamed = r.structNamed;
      inner.extNamed = r.extNamed;
      const form = this.#checked(inner, depth + 1);
      r.pos = end;
      const value = extValue(this.#type, form);
      if (typeof value === "object" && value !== null) return value;
      throw fail(
        "data",
        `${this.#type.named.tag}: decode must return an object, got ${typeof value}`,
      );
    } finally {
      r.graphBytes = inner.graphBytes;
      inner.begin(new Uint8Array(0));
      if (idleReaders.length < maxIdle) idleReaders.push(inner);
    }
  }

  #checked(r: NativeReader, depth: number): unknown {
    const form = r.value(depth);
    if (r.pos !== r.end) throw fail("data", `${r.end - r.pos} bytes are left after a form`);
    checkDecoded(r, this.#formOp, form, () => this.#tracks);
    return form;
  }

  /** True if the form keeps references anywhere inside. */
  get #tracks(): boolean {
    return keepsReferences(nestedTypes(this.#type.form.type));
  }

  get #formOp(): NativeOp {
    this.#made ??= this.#opOf(this.#type.form);
    return this.#made;
  }
}
