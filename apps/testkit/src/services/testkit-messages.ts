import { wireType } from "@aster/codec";
import { z } from "zod";

const text = () => z.string().default("");
const integer = () => z.int().default(0);
const float = () => z.number().default(0);
const binary = () => z.instanceof(Uint8Array).default(() => new Uint8Array());
const strings = () => z.array(z.string()).default(() => []);
const pairs = () => z.record(z.string(), z.string()).default(() => ({}));

export const Point = wireType("testkit/Point", { x: float(), y: float(), label: text() });

const echoed = {
  text: text(),
  number: integer(),
  ratio: float(),
  flag: z.boolean().default(false),
  blob: binary(),
  tags: strings(),
  attributes: pairs(),
  inner: Point.optional(),
  points: z.array(Point).default(() => []),
};

export const EchoRequest = wireType("testkit/EchoRequest", echoed);
export type EchoRequest = z.output<typeof EchoRequest>;

export const EchoReply = wireType("testkit/EchoReply", {
  ...echoed,
  peer: text(),
  roles: strings(),
  /** −1: the call has no deadline. */
  remainingMs: integer(),
  metadata: pairs(),
});
export type EchoReply = z.input<typeof EchoReply>;

export const FailRequest = wireType("testkit/FailRequest", {
  code: integer(),
  message: text(),
  after: integer(),
});

export const SleepRequest = wireType("testkit/SleepRequest", { ms: integer() });
export type SleepRequest = z.output<typeof SleepRequest>;

export const SleepReply = wireType("testkit/SleepReply", { ms: integer() });
export type SleepReply = z.input<typeof SleepReply>;

export const CountRequest = wireType("testkit/CountRequest", {
  start: integer(),
  end: integer(),
  delayMs: integer(),
  size: integer(),
});
export type CountRequest = z.output<typeof CountRequest>;

export const CountReply = wireType("testkit/CountReply", { n: integer(), payload: binary() });
export type CountReply = z.input<typeof CountReply>;

export const SumReply = wireType("testkit/SumReply", { total: integer(), items: integer() });
