/** Up to this number of objects, a scan is faster than hashing. */
const few = 12;

/**
 * Numbers the objects of a message in order of appearance. An object has one number per form: a
 * reference to it in one type does not replace it in another.
 *
 * The first objects are scanned. A `Set` replaces the scan when there are more, and a `Map`
 * replaces the set when an object is written in two forms.
 */
export class Identities {
  /** The number of objects so far. */
  size = 0;
  readonly #scanned: (object | undefined)[] = new Array<object | undefined>(few).fill(undefined);
  /**
   * All objects in order. The position of an object is its number, as long as no object is written
   * in two forms.
   */
  #ordered: Set<object> | undefined;
  /**
   * The objects at the start of `#ordered` whose positions are known. Filled when an object appears
   * again.
   */
  #counted: Map<object, number> | undefined;
  /** The rest of `#ordered`. */
  #uncounted: Iterator<object> | undefined;
  /** The numbers of all objects. Made when the first object is written in two forms. */
  #numbers: Map<object, number> | undefined;
  /** Forms other than undefined, by number. */
  #forms: unknown[] | undefined;

  /** The last object that appeared again. Rows of a list often share one. */
  #again: object | undefined;
  #againForm: unknown;
  #againNumber = -1;

  /**
   * Returns the number of an object that is known in this form. Otherwise gives it the next number
   * and returns −1.
   */
  add(value: object, form: unknown): number {
    if (value === this.#again && form === this.#againForm) return this.#againNumber;
    const known = this.#find(value, form);
    if (known >= 0) {
      this.#again = value;
      this.#againForm = form;
      this.#againNumber = known;
    }
    return known;
  }

  #find(value: object, form: unknown): number {
    if (this.#numbers) return this.#addNumbered(this.#numbers, value, form);
    const ordered = this.#ordered;
    if (ordered) {
      if (ordered.add(value).size > this.size) return this.#next(form);
      const known = this.#place(ordered, value);
      if (this.#forms?.[known] === form) return known;
      return this.#addNumbered(this.#numbered(ordered), value, form);
    }
    const scanned = this.#scanned;
    const { size } = this;
    for (let i = 0; i < size; i++) {
      if (scanned[i] !== value) continue;
      if (this.#forms?.[i] === form) return i;
      return this.#addNumbered(this.#numbered(scanned.slice(0, size) as object[]), value, form);
    }
    if (size < few) scanned[size] = value;
    else this.#ordered = new Set(scanned as object[]).add(value);
    return this.#next(form);
  }

  /** Gives a further number to a known object, which is written again. */
  again(value: object, form: unknown): void {
    const { size } = this;
    const numbers =
      this.#numbers ?? this.#numbered(this.#ordered ?? (this.#scanned.slice(0, size) as object[]));
    numbers.set(value, size);
    this.#again = undefined;
    this.#next(form);
  }

  /** Drops all objects, for the next message. */
  clear(): void {
    const scanned = this.#scanned;
    for (let i = 0; i < this.size && i < few; i++) scanned[i] = undefined;
    this.size = 0;
    this.#ordered = undefined;
    this.#counted = undefined;
    this.#uncounted = undefined;
    this.#numbers = undefined;
    this.#forms = undefined;
    this.#again = undefined;
  }

  #next(form: unknown): number {
    if (form !== undefined) {
      this.#forms ??= [];
      this.#forms[this.size] = form;
    }
    this.size++;
    return -1;
  }

  /** Returns the position of an object in the set. Positions are counted only as far as needed. */
  #place(ordered: Set<object>, value: object): number {
    this.#counted ??= new Map();
    this.#uncounted ??= ordered.values();
    const known = this.#counted.get(value);
    if (known !== undefined) return known;
    for (;;) {
      const { value: next } = this.#uncounted.next();
      const place = this.#counted.size;
      this.#counted.set(next, place);
      if (next === value) return place;
    }
  }

  #numbered(objects: Iterable<object>): Map<object, number> {
    const numbers = new Map<object, number>();
    for (const object of objects) if (numbers.size < this.size) numbers.set(object, numbers.size);
    this.#numbers = numbers;
    return numbers;
  }

  #addNumbered(numbers: Map<object, number>, value: object, form: unknown): number {
    const known = numbers.get(value);
    if (known !== undefined && this.#forms?.[known] === form) return known;
    numbers.set(value, this.size);
    return this.#next(form);
  }
}
