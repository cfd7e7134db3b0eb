import { FrameFlag } from "@aster/transport";
import {
  headers,
  type Mode,
  type RpcStatus,
  readStatus,
  type StreamHeader,
  statuses,
} from "../raw/protocol.ts";

export interface Frame {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/**
 * Changes the frames and events in one side's channel. Events without a method stay as they are.
 */
export interface Tamper {
  /** Returns the frames to send instead of a frame. */
  send?(frame: Frame): readonly Frame[];
  /** Returns the frames to deliver instead of a received frame. */
  receive?(frame: Frame): readonly Frame[];
  /** Returns the frames to deliver before any end of the other side's half. */
  beforeEnd?(): readonly Frame[];
  /** Reports a good end to this side after a reset, a lost connection or malformed frames. */
  readonly alwaysEnds?: boolean;
  /** Hides the end of the other side's half. */
  readonly neverEnds?: boolean;
  /** Hides resets, stops and lost connections. */
  readonly hidesAborts?: boolean;
}

/** Makes the tamper of one channel. */
export type TamperMaker = () => Tamper;

const { Header, Trailer, Compressed } = FrameFlag;

export function isMessage({ flags }: Frame): boolean {
  return (flags & ~Compressed) === 0;
}

export function isTrailer({ flags }: Frame): boolean {
  return (flags & Trailer) !== 0;
}

/** Copies a frame, whose payload is only valid during the event. */
export function kept({ flags, payload }: Frame): Frame {
  return { flags, payload: payload.slice() };
}

function modeOf(payload: Uint8Array): Mode {
  return payload[0] === 0x7b ? "json" : "xlang";
}

/** Changes the statuses that the server sends. */
export function changedStatus(change: (status: RpcStatus) => RpcStatus): TamperMaker {
  return () => ({
    send(frame) {
      if (!isTrailer(frame)) return [frame];
      const status = change(readStatus(frame.payload));
      return [{ ...frame, payload: statuses[modeOf(frame.payload)].encode(status) }];
    },
  });
}

/** Changes the headers that the client sends. */
export function changedHeader(change: (header: StreamHeader) => StreamHeader): TamperMaker {
  return () => ({
    send(frame) {
      if ((frame.flags & Header) === 0) return [frame];
      const codec = headers[modeOf(frame.payload)];
      return [{ ...frame, payload: codec.encode(change(codec.decode(frame.payload))) }];
    },
  });
}

/** Changes the messages that this side sends. `place` counts from 0. */
export function changedMessages(
  change: (frame: Frame, place: number) => readonly Frame[],
): TamperMaker {
  return () => {
    let place = -1;
    return {
      send(frame) {
        if (!isMessage(frame)) return [frame];
        place += 1;
        return change(frame, place);
      },
    };
  };
}
