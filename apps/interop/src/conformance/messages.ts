import { wireType } from "@aster/codec";
import { z } from "zod";

const text = () => z.string().default("");
const integer = () => z.int().default(0);
const flag = () => z.boolean().default(false);
const binary = () => z.instanceof(Uint8Array).default(() => new Uint8Array());

export const Pair = wireType("aster.conformance/Pair", { key: text(), value: text() });
export type Pair = z.output<typeof Pair>;

/** A message of a caller: what it carries, and the plan of what to answer. */
export const Request = wireType("aster.conformance/Request", {
  /** Names the call, for whoever watches the server. */
  tag: text(),
  payload: binary(),
  /** The payloads of the replies, in order. */
  data: z.array(z.instanceof(Uint8Array)).default(() => []),
  /** After `data`: replies with so many made-up bytes. */
  sizes: z.array(z.int()).default(() => []),
  /** Made-up bytes are noise that does not get smaller; otherwise zeros. */
  noise: flag(),
  /** Before every reply. */
  delayMs: integer(),
  /** Before the end, whatever it is. */
  holdMs: integer(),
  /** How the call ends; 0 is a good end. */
  code: integer(),
  message: text(),
  details: z.array(Pair).default(() => []),
  /** What goes along with the status, of a server of ours. Under keys that end in `-bin` the values are base64. */
  trailer: z.array(Pair).default(() => []),
  /** Of a bidi stream: what this message asks for is answered before the next one is read. */
  fullDuplex: flag(),
  /** The call ends with INVALID_ARGUMENT unless this message came compressed, or not. */
  expectCompressed: z.boolean().optional(),
});
export type Request = z.output<typeof Request>;
export type RequestFields = z.input<typeof Request>;

/** A reply: what the plan said, and what its server saw of the call so far. */
export const Reply = wireType("aster.conformance/Reply", {
  payload: binary(),
  /** Requests so far, and their payloads together. */
  items: integer(),
  bytes: integer(),
  metadata: z.array(Pair).default(() => []),
  /** −1: the call came without a deadline. */
  remainingMs: integer(),
  peer: text(),
  roles: z.array(z.string()).default(() => []),
});
export type Reply = z.output<typeof Reply>;

/** A message without fields. */
export const Empty = wireType("aster.conformance/Empty", {});
