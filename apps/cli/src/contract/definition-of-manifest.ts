import { createTypeScope, wireType } from "@aster/codec";
import {
  bidiStream,
  clientStream,
  defineService,
  type ServiceDefinition,
  serverStream,
  unary,
} from "@aster/contract";
import type { ContractManifest } from "@aster/contract/model";
import { z } from "zod";
import { type MessageField, messageTypes } from "../generate/message-types.ts";
import { type FormOfTag, valueForm } from "../generate/zod-form.ts";

const PATTERNS = {
  unary,
  server_stream: serverStream,
  client_stream: clientStream,
  bidi_stream: bidiStream,
} as const;

/**
 * The definition that a manifest describes, with the names of the wire as keys. Its types are not
 * those of the process, so that a peer cannot clash with them. Throws a failure for a type that the
 * manifest does not describe.
 */
export function definitionOfManifest(manifest: ContractManifest): ServiceDefinition {
  const scope = createTypeScope();
  const types = messageTypes(manifest);
  const made = new Map<string, z.ZodType>();
  const formOf: FormOfTag = (tag) => ({
    code: tag,
    imports: [],
    schema: () => made.get(tag) ?? z.lazy(() => made.get(tag) ?? z.never()),
  });
  for (const [tag, { fields, id }] of types) {
    const shape: Record<string, z.ZodType> = Object.create(null);
    for (const field of fields) shape[field.name] = fieldSchema(field, formOf);
    made.set(tag, wireType(tag, { ...shape }, { naming: "as-written", scope, id }));
  }
  const methods = manifest.methods.map((method) => {
    const define = PATTERNS[method.pattern] as typeof unary;
    const [request, response] = [method.request_wire_tag, method.response_wire_tag].map((tag) =>
      made.get(tag),
    );
    const options = {
      name: method.name,
      idempotent: method.idempotent,
      ...(method.timeout !== null && method.timeout > 0 && { timeoutMs: method.timeout * 1000 }),
    };
    return [method.name, define(request as never, response as never, options)] as const;
  });
  return defineService(
    manifest.service,
    {
      version: manifest.version,
      scoped: manifest.scoped,
      serialization: manifest.serialization_modes as never,
    },
    Object.fromEntries(methods),
  ) as unknown as ServiceDefinition;
}

function fieldSchema(field: MessageField, formOf: FormOfTag): z.ZodType {
  const schema = valueForm(field, formOf).schema();
  const value = defaultOf(field);
  return value === undefined ? schema : (schema as z.ZodAny).default(value as never);
}

/** The default of a field, if the manifest has it; else its zero value. */
function defaultOf({ known, type, default: has, nullable }: MessageField): unknown {
  if (known?.default_kind === "value") {
    const { default_value: value } = known;
    const wide = type.kind === "varint64" && type.as === "bigint" && typeof value === "number";
    return wide ? BigInt(value) : (value ?? undefined);
  }
  if (known?.required === true || nullable || !has) return undefined;
  switch (type.kind) {
    case "list":
      return () => [];
    case "map":
      return () => (type.form === "record" ? {} : new Map());
    case "binary":
      return () => new Uint8Array();
    case "string":
      return "";
    case "bool":
      return false;
    case "varint64":
      return type.as === "bigint" ? 0n : 0;
    case "float64":
      return 0;
    default:
      return undefined;
  }
}
