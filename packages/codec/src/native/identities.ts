/** Up to here a scan is faster than hashing. */
const few = 12;

/**
 * The objects of a message, numbered as they appear. An object counts once per form: written as
 * one type it does not stand for itself written as another.
 */
export class Identities {
  #scanned: object[] = [];
  /** In order of insertion: the place of an object is its number, as long as none is written in two forms. */
  #ordered: Set<object> | undefined;
  /** Made when the first object appears twice among many. */
  #numbers: Map<object, number> | undefined;
  #forms: unknown[] = [];

  /** How many are numbered. */
  get size(): number {
    return this.#forms.length;
  }

  /** The number of an object that is known in this form; otherwise gives it the next one and returns −1. */
  add(value: object, form: unknown): number {
    const forms = this.#forms;
    if (this.#numbers) return this.#addNumbered(this.#numbers, value, form);
    if (this.#ordered) {
      if (this.#ordered.add(value).size > forms.length) {
        forms.push(form);
        return -1;
      }
      return this.#addNumbered(this.#numbered(this.#ordered), value, form);
    }
    const scanned = this.#scanned;
    for (let i = 0; i < scanned.length; i++) {
      if (scanned[i] !== value) continue;
      if (forms[i] === form) return i;
      return this.#addNumbered(this.#numbered(scanned), value, form);
    }
    scanned.push(value);
    forms.push(form);
    if (scanned.length > few) this.#ordered = new Set(scanned);
    return -1;
  }

  /** Forgets everything: the next message begins. */
  clear(): void {
    if (this.#forms.length === 0) return;
    this.#scanned = [];
    this.#forms = [];
    this.#ordered = undefined;
    this.#numbers = undefined;
  }

  #numbered(objects: Iterable<object>): Map<object, number> {
    const numbers = new Map<object, number>();
    for (const object of objects) numbers.set(object, numbers.size);
    this.#numbers = numbers;
    return numbers;
  }

  #addNumbered(numbers: Map<object, number>, value: object, form: unknown): number {
    const known = numbers.get(value);
    if (known !== undefined && this.#forms[known] === form) return known;
    numbers.set(value, this.#forms.length);
    this.#forms.push(form);
    return -1;
  }
}
