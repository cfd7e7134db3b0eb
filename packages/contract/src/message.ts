import type { z } from "zod";
import type { $strip, $ZodObject, $ZodShape, $ZodType, input, output } from "zod/v4/core";

/** Any zod schema. Its input is the type to send, its output the type to receive. */
export type MessageSchema = $ZodType;

/**
 * The request or response of a method: a wire type, a `z.object(…)` without a tag, or only the
 * fields. The last two get a tag derived from service and method, with a warning.
 */
export type Message = $ZodObject | $ZodShape;

/** The schema of a {@link Message}. */
export type SchemaOf<T extends Message> = T extends $ZodType
  ? T
  : T extends $ZodShape
    ? z.ZodObject<T, $strip>
    : never;

/**
 * The type of the values of a wire type, as handlers receive and callers get them: with defaults
 * filled in. `type Order = Infer<typeof Order>`.
 */
export type Infer<S extends MessageSchema> = output<S>;

/** A received value, with defaults filled in. */
export type Received<S extends MessageSchema> = output<S>;

/** A value to send. Fields with defaults may be missing. */
export type Sent<S extends MessageSchema> = input<S>;

/** The pattern of a method: one or many requests, one or many responses. */
export type MethodPattern = "unary" | "server_stream" | "client_stream" | "bidi_stream";

/** Every pattern. */
export const METHOD_PATTERNS: readonly MethodPattern[] = [
  "unary",
  "server_stream",
  "client_stream",
  "bidi_stream",
];
