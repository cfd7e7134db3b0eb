import { asFailure } from "../../failure.ts";
import { locating, type RowSource, type Span } from "../row-source.ts";
import type { RowList } from "../row-view.ts";
import { type ElementReadOp, emptyOf } from "./row-op.ts";

export interface ListPlace {
  readonly source: RowSource;
  /** An open span. */
  readonly span: Span;
  readonly element: ElementReadOp;
  readonly path: string;
  /** Decodes the whole list. */
  readonly read: (source: RowSource) => unknown[];
}

/** Returns a view of a list. */
export function listView(place: ListPlace): RowList<unknown> {
  return new ListView(place);
}

class ListView implements RowList<unknown> {
  readonly #place: ListPlace;

  constructor(place: ListPlace) {
    this.#place = place;
  }

  get length(): number {
    return this.#place.span.count;
  }

  at(index: number): unknown {
    const whole = Math.trunc(index) || 0;
    const i = whole < 0 ? whole + this.length : whole;
    if (i < 0 || i >= this.length) return undefined;
    const { source, path } = this.#place;
    return locating(source, path, () => viewItem(this.#place, i));
  }

  *[Symbol.iterator](): IterableIterator<unknown> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  toArray(): unknown[] {
    const { source, path, read } = this.#place;
    const fresh = source.fresh();
    return locating(fresh, path, () => read(fresh));
  }
}

/** Returns one element inside of the list. */
function viewItem({ source, span, element, path }: ListPlace, i: number): unknown {
  source.at = span.slots + i * element.op.width;
  try {
    if (source.isNull(span, i)) return emptyOf(element);
    return element.op.view(source, span, source.at, `${path}[${i}]`);
  } catch (reason) {
    throw asFailure(reason).inItem(i);
  }
}
