import type { Declaration, FieldText, TypeText } from "@aster-apps/testkit/codec";
import type { Random } from "../../support/random.ts";
import type { RandomCase } from "./random-case.ts";

const names = ["next", "other", "kids", "by_name", "what", "pair_of"];
/** pyfory reads objects down to a depth of 50. */
const deepest = 20;
const mostObjects = 400;
const scalars = ["varint32", "string", "bool", "float64"];

/** Generates types whose fields keep references, and values with shared objects and cycles. */
export class GraphMaker {
  readonly #random: Random;
  #types: Declaration[] = [];
  #objects = 0;
  /** The numbers of the objects that can be referenced, by type. */
  #known = new Map<string, number[]>();

  constructor(random: Random) {
    this.#random = random;
  }

  case(): RandomCase {
    const structs = ["Node", "Cat", "Dog"].slice(0, 1 + this.#below(3));
    this.#types = structs.map((struct) => ({ struct, ns: "graph", fields: this.#fields(structs) }));
    const root = { type: "Node" };
    return { types: this.#types, root, value: this.#value(root, 0) };
  }

  #fields(structs: readonly string[]): FieldText[] {
    const fields: FieldText[] = [{ name: "v", type: this.#one(scalars) }];
    for (const name of names.slice(this.#below(names.length - 1))) {
      const struct: TypeText = { type: this.#one(structs) };
      const types: readonly TypeText[] = [
        { opt: struct },
        { list: struct },
        { map: ["string", struct] },
        { opt: "any" },
        { list: { list: struct } },
        { list: "varint32" },
      ];
      fields.push({ name, type: this.#one(types), ref: true });
    }
    return fields;
  }

  #value(type: TypeText, depth: number): unknown {
    if (typeof type === "string") return this.#scalar(type, depth);
    if ("opt" in type) {
      return this.#isFull(depth) || this.#below(depth + 1) > 2
        ? null
        : this.#value(type.opt, depth);
    }
    if ("list" in type) {
      return this.#shared(type, () => this.#items(() => this.#value(type.list, depth + 1), depth));
    }
    if ("map" in type) {
      return this.#shared(type, () => {
        const values = this.#items(() => this.#value(type.map[1], depth + 1), depth);
        return { $map: values.map((value, i) => [`k${i}`, value]) };
      });
    }
    return this.#struct("type" in type ? type.type : "", depth);
  }

  #struct(name: string, depth: number): unknown {
    return this.#shared({ type: name }, () => {
      const declared = this.#types.find((one) => "struct" in one && one.struct === name);
      const fields = declared && "fields" in declared ? declared.fields : [];
      const values = fields.map((field) => [field.name, this.#value(field.type, depth + 1)]);
      return { $struct: name, f: Object.fromEntries(values) };
    });
  }

  /** Returns a reference to an existing or unfinished object of the type, or a new object. */
  #shared(type: TypeText, make: () => unknown): unknown {
    const key = JSON.stringify(type);
    const known = this.#known.get(key) ?? [];
    this.#known.set(key, known);
    if (known.length > 0 && this.#below(3) === 0) return { $ref: this.#one(known) };
    const $id = ++this.#objects;
    known.push($id);
    return { $id, v: make() };
  }

  #items(make: () => unknown, depth: number): unknown[] {
    const most = depth > 6 || this.#isFull(depth) ? 1 : 4;
    return Array.from({ length: this.#below(most) }, make);
  }

  #scalar(kind: string, depth: number): unknown {
    if (kind === "varint32") return this.#below(1000) - 500;
    if (kind === "string") return this.#one(["", "text", "é"]);
    if (kind === "bool") return this.#below(2) === 0;
    if (kind === "float64") return this.#below(100) + 0.5;
    if (depth > 6 || this.#isFull(depth) || this.#below(3) === 0) return this.#one(["t", 5, true]);
    const structs = this.#types.flatMap((one) => ("struct" in one ? one.struct : []));
    return this.#struct(this.#one(structs), depth);
  }

  #isFull(depth: number): boolean {
    return depth > deepest || this.#objects > mostObjects;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T;
  }
}

/**
 * Numbers only the objects that occur more than once, in the order of appearance, as the reference
 * implementation prints them.
 */
export function renumbered(value: unknown): unknown {
  const again = new Set<unknown>();
  JSON.stringify(value, (key, item) => {
    if (key === "$ref") again.add(item);
    return item;
  });
  const numbers = new Map<unknown, number>();
  const show = (item: unknown): unknown => {
    if (typeof item !== "object" || item === null) return item;
    if (Array.isArray(item)) return item.map(show);
    if ("$ref" in item) return { $ref: numbers.get(item.$ref) };
    if (!("$id" in item && "v" in item)) {
      return Object.fromEntries(Object.entries(item).map(([key, one]) => [key, show(one)]));
    }
    if (!again.has(item.$id)) return show(item.v);
    const $id = numbers.size + 1;
    numbers.set(item.$id, $id);
    return { $id, v: show(item.v) };
  };
  return show(value);
}
