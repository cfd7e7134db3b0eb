import { asFailure, fail, quote } from "../../failure.ts";
import { locating, type RowSource, type Span } from "../row-source.ts";
import type { RowValue, RowView } from "../row-view.ts";
import type { ReadShape, ShapeReadField } from "../shape.ts";
import { emptyOf } from "./row-op.ts";

export interface StructPlace {
  readonly source: RowSource;
  /** An open span. */
  readonly span: Span;
  readonly shape: ReadShape;
  readonly path: string;
  /** Decodes the whole struct. */
  readonly read: (source: RowSource) => unknown;
}

/** Returns a view of one struct. */
export function structView(place: StructPlace): RowView<unknown> {
  return new StructView(place);
}

class StructView implements RowView<Record<string, unknown>> {
  readonly #place: StructPlace;

  constructor(place: StructPlace) {
    this.#place = place;
  }

  get(key: string): RowValue<unknown> {
    const { source, path } = this.#place;
    return locating(source, path, () => this.#get(key));
  }

  toObject(): Record<string, unknown> {
    const { source, path, read } = this.#place;
    const fresh = source.fresh();
    return locating(fresh, path, () => read(fresh) as Record<string, unknown>);
  }

  #get(key: string): unknown {
    const { source, span, shape, path } = this.#place;
    const i = shape.slots.get(key);
    if (i === undefined) throw fail("value", `has no field ${quote(key)}`);
    const field = shape.fields[i] as ShapeReadField;
    source.at = span.slots + i * 8;
    try {
      if (source.isNull(span, i)) return emptyOf(field);
      return field.op.view(source, span, source.at, `${path}.${key}`);
    } catch (reason) {
      throw asFailure(reason).inField(key);
    }
  }
}
