import { wireType, wireTypeInfo } from "@aster/codec";
import type { $ZodObject, $ZodShape } from "zod/v4/core";
import { ContractError } from "./error.ts";
import type { Message, MessageSchema } from "./message.ts";
import { pascalCase } from "./names.ts";
import { warnOnce } from "./warning.ts";

const TAG_NAME = /^[A-Za-z0-9_.$]+$/;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const isZodObject = (value: object): value is $ZodObject =>
  "_zod" in value && (value as $ZodObject)._zod.def.type === "object";

const isShape = (value: object): value is $ZodShape => {
  const fields = Object.values(Object.getOwnPropertyDescriptors(value));
  const proto = Object.getPrototypeOf(value);
  return (
    (proto === Object.prototype || proto === null) &&
    fields.every(
      (field) => field.get !== undefined || (isObject(field.value) && "_zod" in field.value),
    )
  );
};

/** Returns `true` for a value that can be declared as a request or response. */
export function isMessage(value: unknown): value is Message {
  return isObject(value) && (isZodObject(value) || isShape(value));
}

/**
 * Makes wire types of the messages of one service. A message without a tag gets a tag derived from
 * the names of service and method, and keeps it if several methods use the message.
 */
export class AutoTagger {
  readonly #service: string;
  readonly #tagged = new Map<object, MessageSchema>();

  constructor(service: string) {
    this.#service = service;
  }

  /** The wire type of a request or response. Throws {@link ContractError} `type` or `tag`. */
  wireTypeOf(message: unknown, method: string, role: "Request" | "Response"): MessageSchema {
    const place = `${this.#service}.${method}: the ${role.toLowerCase()} type`;
    if (!isMessage(message)) {
      throw new ContractError(
        "type",
        `${place} must be a wire type: wireType("namespace/TypeName", { …fields })`,
      );
    }
    const known = this.#tagged.get(message);
    if (known) return known;
    const schema = isZodObject(message)
      ? this.#tagObject(message, method, role, place)
      : this.#tagShape(message, method, role, place);
    this.#tagged.set(message, schema);
    return schema;
  }

  #tagObject(schema: $ZodObject, method: string, role: string, place: string): MessageSchema {
    if (wireTypeInfo(schema)) return schema;
    if ((schema._zod.def.checks?.length ?? 0) > 0) {
      throw new ContractError(
        "type",
        `${place} has checks but no tag; make it with wireType() and add the checks there`,
      );
    }
    return this.#tagShape(schema._zod.def.shape, method, role, place);
  }

  #tagShape(shape: $ZodShape, method: string, role: string, place: string): MessageSchema {
    const name = `${pascalCase(method)}${role}`;
    if (!TAG_NAME.test(this.#service) || !TAG_NAME.test(name)) {
      throw new ContractError(
        "tag",
        `${place} has no tag, and none can be derived because tags are ASCII; use wireType()`,
      );
    }
    const tag = `${this.#service}/${name}`;
    const schema = wireType(tag, shape);
    warnOnce(tag, `${place} has no tag; it is "${tag}" on the wire; name it with wireType()`);
    return schema;
  }
}
