import type { CodecError } from "../../src/index.ts";
import { parseRowSchema, rowCodec, rowReader } from "../../src/row/index.ts";
import { bytesOf } from "./fixture.ts";
import { type Target, whatIsWrong } from "./fuzz.ts";
import { buildRow, rowCases } from "./row-fixture.ts";

/** Rows, decoded as a whole and through every accessor of their views, and schemas. */
export function rowTargets(): Target[] {
  return rowCases.flatMap(({ name, schema, hex, ...more }) => {
    const rows = rowCodec(buildRow({ name, schema, hex, ...more }).type);
    const reader = rowReader(rows.schema);
    const bytes = bytesOf(hex);
    const schemas: Target = {
      name: `schema of ${name}`,
      bytes: bytesOf(schema),
      read: (given) => parseRowSchema(given),
      without: ["path"],
    };
    if (bytes.length === 0) return [schemas];
    const looked = (given: Uint8Array) => new Look(given).row(reader.view(given), rows.schema);
    return [
      { name, bytes, read: (given) => rows.decode(given) },
      { name: `view of ${name}`, bytes, read: looked },
      schemas,
    ];
  });
}

/** Calls every method of a view separately: others may still work if one refuses. */
class Look {
  readonly #bytes: Uint8Array;
  readonly #seen: unknown[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  row(
    view: { get(key: string): unknown; toObject(): unknown },
    schema: { readonly fields: readonly { readonly name: string }[] },
  ): unknown {
    for (const { name } of schema.fields) this.#ask(() => this.#value(view.get(name)));
    this.#ask(() => this.#seen.push(view.toObject()));
    return this.#seen;
  }

  #value(value: unknown): void {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) {
      this.#seen.push(value);
    } else if ("toArray" in value) this.#list(value as ListLook);
    else if ("keys" in value) this.#map(value as MapLook);
    else if ("toObject" in value) {
      this.#ask(() => this.#seen.push((value as MapLook).toObject()));
    }
  }

  #list(list: ListLook): void {
    this.#seen.push(list.length);
    for (const i of [0, 1, -1, list.length, 2 ** 31]) this.#ask(() => this.#value(list.at(i)));
    this.#ask(() => this.#seen.push(list.toArray()));
    this.#ask(() => {
      let left = 8;
      for (const item of list) if (left-- > 0) this.#value(item);
    });
  }

  #map(map: MapLook): void {
    this.#seen.push(map.size);
    this.#ask(() => {
      let left = 8;
      for (const key of map.keys()) {
        if (left-- < 0) return;
        this.#ask(() => this.#seen.push(key, map.has(key)));
        this.#ask(() => this.#value(map.get(key)));
      }
    });
    this.#ask(() => {
      let left = 8;
      for (const [, value] of map) if (left-- > 0) this.#value(value);
    });
    this.#ask(() => this.#seen.push([...map.values()].length));
    this.#ask(() => this.#seen.push(map.toObject()));
  }

  #ask(run: () => void): void {
    try {
      run();
    } catch (reason) {
      const wrong = whatIsWrong(reason, this.#bytes);
      if (wrong !== undefined) throw new Error(wrong, { cause: reason });
      this.#seen.push((reason as CodecError).code);
    }
  }
}

interface ListLook extends Iterable<unknown> {
  readonly length: number;
  at(index: number): unknown;
  toArray(): unknown[];
}

interface MapLook extends Iterable<readonly [unknown, unknown]> {
  readonly size: number;
  get(key: unknown): unknown;
  has(key: unknown): boolean;
  keys(): Iterable<unknown>;
  values(): Iterable<unknown>;
  toObject(): unknown;
}
