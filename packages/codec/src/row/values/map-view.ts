import { asFailure, quote } from "../../failure.ts";
import { locating, type RowSource, type Span } from "../row-source.ts";
import type { RowMap } from "../row-view.ts";
import { type ElementReadOp, emptyOf } from "./row-op.ts";

export interface MapPlace {
  readonly source: RowSource;
  /** Two open spans of equal length. */
  readonly keys: Span;
  readonly values: Span;
  readonly key: ElementReadOp;
  readonly value: ElementReadOp;
  readonly path: string;
  /** Decodes the whole map. */
  readonly read: (source: RowSource) => unknown;
}

/** Returns a view of a map. */
export function mapView(place: MapPlace): RowMap<unknown, unknown, unknown> {
  return new MapView(place);
}

class MapView implements RowMap<unknown, unknown, unknown> {
  readonly #place: MapPlace;

  constructor(place: MapPlace) {
    this.#place = place;
  }

  get size(): number {
    return this.#place.keys.count;
  }

  get(key: unknown): unknown {
    const i = this.#find(key);
    return i < 0 ? undefined : this.#value(i, key);
  }

  has(key: unknown): boolean {
    return this.#find(key) >= 0;
  }

  *keys(): IterableIterator<unknown> {
    for (let i = 0; i < this.size; i++) yield this.#key(i);
  }

  *values(): IterableIterator<unknown> {
    for (const [, value] of this) yield value;
  }

  *[Symbol.iterator](): IterableIterator<readonly [unknown, unknown]> {
    for (let i = 0; i < this.size; i++) {
      const key = this.#key(i);
      yield [key, this.#value(i, key)];
    }
  }

  toObject(): unknown {
    const { source, path, read } = this.#place;
    const fresh = source.fresh();
    return locating(fresh, path, () => read(fresh));
  }

  #find(key: unknown): number {
    let i = this.size - 1;
    while (i >= 0 && this.#key(i) !== key) i--;
    return i;
  }

  #key(i: number): unknown {
    const { source, keys, key, path } = this.#place;
    return locating(source, path, () => viewSlot(source, keys, key, i, ""));
  }

  #value(i: number, key: unknown): unknown {
    const { source, values, value, path } = this.#place;
    return locating(source, path, () => {
      try {
        return viewSlot(source, values, value, i, `${path}[${quote(key)}]`);
      } catch (reason) {
        throw asFailure(reason).inKey(key);
      }
    });
  }
}

function viewSlot(
  source: RowSource,
  span: Span,
  element: ElementReadOp,
  i: number,
  path: string,
): unknown {
  source.at = span.slots + i * element.op.width;
  if (source.isNull(span, i)) return emptyOf(element);
  return element.op.view(source, span, source.at, path);
}
