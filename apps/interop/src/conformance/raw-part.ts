import { FrameFlag } from "@aster/transport";
import type { Reply, RequestFields } from "./messages.ts";
import type { CallHeader, Mode, RpcStatus, StreamHeader } from "./protocol.ts";

/** A piece of what a raw peer says. Structs and messages are written in the mode of the target. */
export type RawPart =
  | {
      readonly part: "header";
      readonly header: Partial<StreamHeader>;
      readonly flags?: number;
      /** The deadline, from the moment it is said on. */
      readonly deadlineInMs?: number;
    }
  /** Begins a call inside a session. */
  | {
      readonly part: "call";
      readonly header: Partial<CallHeader>;
      /** The deadline, from the moment it is said on. */
      readonly deadlineInMs?: number;
    }
  | {
      readonly part: "request";
      readonly request: RequestFields;
      readonly flags?: number;
      /** So many bytes in all: its tag is made as long as that takes. */
      readonly bytes?: number;
    }
  | {
      readonly part: "reply";
      readonly reply: Partial<Reply>;
      readonly flags?: number;
      /** So many bytes in all: its peer is made as long as that takes. */
      readonly bytes?: number;
    }
  | {
      readonly part: "status";
      readonly status: Partial<RpcStatus>;
      readonly flags?: number;
      /** Whatever the mode of the target is. */
      readonly form?: Mode;
    }
  /** A frame with just these bytes. */
  | { readonly part: "frame"; readonly flags: number; readonly payload: Uint8Array }
  /** Bytes outside of frames. */
  | { readonly part: "bytes"; readonly bytes: Uint8Array }
  /** The parts, each frame compressed. */
  | { readonly part: "compressed"; readonly of: RawPart }
  /** The parts, a byte at a time. */
  | { readonly part: "slowly"; readonly of: readonly RawPart[] }
  | { readonly part: "end" }
  | { readonly part: "reset"; readonly code: number }
  /** Closes the connection. */
  | { readonly part: "close"; readonly code: number }
  | { readonly part: "wait"; readonly ms: number }
  /** Waits until so many frames have been heard, for some seconds. */
  | { readonly part: "heard"; readonly frames: number };

const { Header, Trailer, Compressed } = FrameFlag;

export const header = (fields: Partial<StreamHeader> = {}, flags: number = Header): RawPart => ({
  part: "header",
  header: fields,
  flags,
});
export const dueIn = (deadlineInMs: number): RawPart => ({
  part: "header",
  header: {},
  deadlineInMs,
});
export const call = (method: string, fields: Partial<CallHeader> = {}): RawPart => ({
  part: "call",
  header: { method, ...fields },
});
export const callDueIn = (method: string, deadlineInMs: number): RawPart => ({
  part: "call",
  header: { method },
  deadlineInMs,
});
export const request = (fields: RequestFields = {}, flags = 0): RawPart => ({
  part: "request",
  request: fields,
  flags,
});
export const reply = (fields: Partial<Reply> = {}, flags = 0): RawPart => ({
  part: "reply",
  reply: fields,
  flags,
});
/** Of exactly so many bytes. */
export const requestOf = (bytes: number): RawPart => ({ part: "request", request: {}, bytes });
export const replyOf = (bytes: number): RawPart => ({ part: "reply", reply: {}, bytes });
export const status = (fields: Partial<RpcStatus> = {}, flags: number = Trailer): RawPart => ({
  part: "status",
  status: fields,
  flags,
});
export const statusIn = (form: Mode, fields: Partial<RpcStatus> = {}): RawPart => ({
  part: "status",
  status: fields,
  form,
});
export const frame = (flags: number, ...payload: number[]): RawPart => ({
  part: "frame",
  flags,
  payload: Uint8Array.from(payload),
});
export const bytes = (...values: number[]): RawPart => ({
  part: "bytes",
  bytes: Uint8Array.from(values),
});
/** A frame with this text, or these bytes. */
export const said = (flags: number, payload: string | Uint8Array): RawPart => ({
  part: "frame",
  flags,
  payload: typeof payload === "string" ? new TextEncoder().encode(payload) : payload,
});
export const compressed = (of: RawPart): RawPart => ({ part: "compressed", of });
export const slowly = (...of: RawPart[]): RawPart => ({ part: "slowly", of });
export const reset = (code: number): RawPart => ({ part: "reset", code });
export const close = (code: number): RawPart => ({ part: "close", code });
export const wait = (ms: number): RawPart => ({ part: "wait", ms });
export const heard = (frames: number): RawPart => ({ part: "heard", frames });
export const end: RawPart = { part: "end" };
/** The flag of a frame that says it is compressed. */
export const COMPRESSED: number = Compressed;
