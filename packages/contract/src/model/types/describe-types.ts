import type { CaseUnion, ElementType, FieldType, WireField, WireTypeInfo } from "@aster/codec";
import type { FieldShape, ManifestType, TypeShape, ValueShape } from "./manifest-type.ts";

/** Describes every type that values of the roots can contain, sorted by tag. */
export function describeTypes(roots: readonly WireTypeInfo[]): readonly ManifestType[] {
  return new TypeDescriber().describe(roots);
}

/** Describes types and collects those that they refer to. */
class TypeDescriber {
  readonly #types = new Map<string, ManifestType>();
  readonly #pending: (() => ManifestType)[] = [];
  readonly #seen = new Set<string>();

  describe(roots: readonly WireTypeInfo[]): readonly ManifestType[] {
    for (const info of roots) this.#struct(info);
    for (let make = this.#pending.pop(); make !== undefined; make = this.#pending.pop()) {
      const type = make();
      this.#types.set(type.tag, type);
    }
    const tags = [...this.#types.keys()].sort();
    return tags.flatMap((tag) => this.#types.get(tag) ?? []);
  }

  /** Adds a wire type and returns its tag. */
  #struct(info: WireTypeInfo): string {
    this.#later(info.tag, () => ({
      tag: info.tag,
      ...(info.typeId === undefined ? {} : { id: info.typeId }),
      fields: info.fields.map((field) => this.#field(field)),
    }));
    return info.tag;
  }

  /** Adds a union of numbered cases and returns its tag. */
  #union({ named, cases }: CaseUnion): string {
    this.#later(named.tag, () => ({
      tag: named.tag,
      cases: [...cases()].map(([number, form]) => ({ number, form: this.#value(form) })),
    }));
    return named.tag;
  }

  #later(tag: string, make: () => ManifestType): void {
    if (this.#seen.has(tag)) return;
    this.#seen.add(tag);
    this.#pending.push(make);
  }

  #field(field: WireField): FieldShape {
    return {
      name: field.name,
      ...(field.key === field.name ? {} : { key: field.key }),
      ...(field.fieldId === undefined ? {} : { id: field.fieldId }),
      ...this.#value(field),
      ...(field.default === undefined ? {} : { default: true }),
    };
  }

  #value({ type, nullable, optional }: ElementType): ValueShape {
    return {
      type: this.#shape(type),
      ...(nullable ? { nullable } : {}),
      ...(optional ? { optional } : {}),
    };
  }

  #shape(type: FieldType): TypeShape {
    switch (type.kind) {
      case "any":
        return { kind: "any" };
      case "list":
      case "set":
        return { kind: type.kind, element: this.#value(type.element) };
      case "map": {
        const { form, key, value } = type;
        return { kind: "map", form, key: this.#value(key), value: this.#value(value) };
      }
      case "array":
        return { kind: "array", element: type.element };
      case "enum": {
        const { values, numbers } = type;
        return { kind: "enum", values, ...(numbers === undefined ? {} : { numbers }) };
      }
      case "struct":
        return { kind: "struct", tag: this.#struct(type.info()) };
      case "union":
        return { kind: "union", tags: type.options.map((each) => this.#struct(each.info())) };
      case "named_union":
        return { kind: "cases", tag: this.#union(type) };
      case "ext":
        return { kind: "ext", tag: type.named.tag, form: this.#value(type.form) };
      default:
        return { kind: type.kind, ...(type.as === undefined ? {} : { as: type.as }) };
    }
  }
}
