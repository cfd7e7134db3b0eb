import type { z } from "zod";
import type { $strip, $ZodObject, $ZodShape, $ZodType, input, output } from "zod/v4/core";

/** Any schema, as far as types go: its output is what is received, its input what is sent. */
export type MessageSchema = $ZodType;

/**
 * What a method may be given as request or response: a wire type, an untagged `z.object(…)`, or
 * the bare fields. The last two get a tag derived from service and method, with a warning.
 */
export type Message = $ZodObject | $ZodShape;

/** The schema a {@link Message} stands for. */
export type SchemaOf<T extends Message> = T extends $ZodType
  ? T
  : T extends $ZodShape
    ? z.ZodObject<T, $strip>
    : never;

/** The value as it is received: defaults filled in. */
export type Received<S extends MessageSchema> = output<S>;

/** The value as it may be sent: fields with defaults may be missing. */
export type Sent<S extends MessageSchema> = input<S>;

/** The patterns of methods: how many messages go each way. */
export const METHOD_PATTERNS = ["unary", "server_stream", "client_stream", "bidi_stream"] as const;

/** How many messages go each way. */
export type MethodPattern = (typeof METHOD_PATTERNS)[number];
