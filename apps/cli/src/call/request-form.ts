import {
  type ContractManifest,
  plainNames,
  type TypeShape,
  type ValueShape,
  valueText,
} from "@aster/contract/model";
import { type MessageField, type MessageType, messageTypes } from "../generate/message-types.ts";

/** A field of a request. */
export interface FormField extends ValueShape {
  readonly name: string;
  /** The type, such as `map<string, demo/Point?>`. */
  readonly typeText: string;
  readonly required: boolean;
}

/** The fields of the request of a method, for texts that a person writes. */
export class RequestForm {
  readonly fields: readonly FormField[];
  readonly #types: ReadonlyMap<string, MessageType>;

  constructor(types: ReadonlyMap<string, MessageType>, tag: string) {
    this.#types = types;
    this.fields = this.#fieldsOf(tag);
  }

  /**
   * Returns the shape under a path: of a field, of a field inside it, or of a value of a map.
   * `undefined` if there is none.
   */
  shapeAt(path: readonly string[]): ValueShape | undefined {
    const [first = "", ...rest] = path;
    let shape: ValueShape | undefined = this.fields.find(({ name }) => name === first);
    for (const name of rest) shape = shape && this.#inside(shape.type, name);
    return shape;
  }

  /** Returns the fields under a path; none for a value without fields. */
  fieldsAt(path: readonly string[]): readonly FormField[] {
    if (path.length === 0) return this.fields;
    const type = this.shapeAt(path)?.type;
    return type?.kind === "struct" ? this.#fieldsOf(type.tag) : [];
  }

  /** Returns the required fields that a request does not have. */
  missing(request: unknown): readonly FormField[] {
    if (typeof request !== "object" || request === null || Array.isArray(request)) return [];
    return this.fields.filter(({ name, required }) => required && !Object.hasOwn(request, name));
  }

  #inside(type: TypeShape, name: string): ValueShape | undefined {
    if (type.kind === "map") return type.value;
    return type.kind === "struct"
      ? this.#fieldsOf(type.tag).find((field) => field.name === name)
      : undefined;
  }

  #fieldsOf(tag: string): readonly FormField[] {
    return (this.#types.get(tag)?.fields ?? []).map(formField);
  }
}

/** Returns a function that makes the form of a method. */
export function requestForms(manifest: ContractManifest): (method: string) => RequestForm {
  const types = messageTypes(manifest);
  const tags = new Map(manifest.methods.map((each) => [each.name, each.request_wire_tag]));
  return (method) => new RequestForm(types, tags.get(method) ?? "");
}

function formField(field: MessageField): FormField {
  const { name, type, nullable, optional, known } = field;
  const required = known?.required ?? !(nullable || field.default);
  return { name, type, nullable, optional, typeText: valueText(field, plainNames), required };
}
