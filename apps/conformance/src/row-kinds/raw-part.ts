import { FrameFlag } from "@aster/transport";
import type { CallHeader, Mode, RpcStatus, StreamHeader } from "../raw/protocol.ts";
import type { Reply, RequestFields } from "../service/messages.ts";

/** One action of a raw peer. Structs and messages are encoded in the target's mode. */
export type RawPart =
  | {
      readonly part: "header";
      readonly header: Partial<StreamHeader>;
      readonly flags?: number;
      /** The deadline, counted from the moment of sending. */
      readonly deadlineInMs?: number;
    }
  /** Begins a call in a session. */
  | {
      readonly part: "call";
      readonly header: Partial<CallHeader>;
      /** The deadline, counted from the moment of sending. */
      readonly deadlineInMs?: number;
    }
  | {
      readonly part: "request";
      readonly request: RequestFields;
      readonly flags?: number;
      /** The length of the encoded message; the tag is padded to reach it. */
      readonly bytes?: number;
    }
  | {
      readonly part: "reply";
      readonly reply: Partial<Reply>;
      readonly flags?: number;
      /** The length of the encoded message; the peer is padded to reach it. */
      readonly bytes?: number;
    }
  | {
      readonly part: "status";
      readonly status: Partial<RpcStatus>;
      readonly flags?: number;
      /** Default: the target's mode. */
      readonly form?: Mode;
    }
  /** Sends a frame with exactly these bytes. */
  | { readonly part: "frame"; readonly flags: number; readonly payload: Uint8Array }
  /** Sends bytes outside of frames. */
  | { readonly part: "bytes"; readonly bytes: Uint8Array }
  /** Sends the part as a compressed frame. */
  | { readonly part: "compressed"; readonly of: RawPart }
  /** Sends the parts byte by byte. */
  | { readonly part: "slowly"; readonly of: readonly RawPart[] }
  | { readonly part: "end" }
  | { readonly part: "reset"; readonly code: number }
  /** Closes the connection. */
  | { readonly part: "close"; readonly code: number }
  /** Waits until this many frames have arrived, for a few seconds at most. */
  | { readonly part: "awaitFrames"; readonly frames: number };

const { Header, Trailer, Compressed } = FrameFlag;

export const header = (fields: Partial<StreamHeader> = {}, flags: number = Header): RawPart => ({
  part: "header",
  header: fields,
  flags,
});
export const headerDueIn = (deadlineInMs: number): RawPart => ({
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
/** A request of exactly this length. */
export const requestOf = (bytes: number): RawPart => ({ part: "request", request: {}, bytes });
/** A reply of exactly this length. */
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
/** A frame with a text or with existing bytes. */
export const frameOf = (flags: number, payload: string | Uint8Array): RawPart => ({
  part: "frame",
  flags,
  payload: typeof payload === "string" ? new TextEncoder().encode(payload) : payload,
});
export const bytes = (...values: number[]): RawPart => ({
  part: "bytes",
  bytes: Uint8Array.from(values),
});
export const compressed = (of: RawPart): RawPart => ({ part: "compressed", of });
export const slowly = (...of: RawPart[]): RawPart => ({ part: "slowly", of });
export const reset = (code: number): RawPart => ({ part: "reset", code });
export const close = (code: number): RawPart => ({ part: "close", code });
export const awaitFrames = (frames: number): RawPart => ({ part: "awaitFrames", frames });
export const end: RawPart = { part: "end" };
/** The flag of a compressed frame. */
export const COMPRESSED: number = Compressed;
