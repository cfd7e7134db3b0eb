import { FrameFlag } from "@aster/transport";
import {
  headers,
  type Mode,
  type RpcStatus,
  readStatus,
  type StreamHeader,
  statuses,
} from "../protocol.ts";

export interface Frame {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** Stands in one side's channel and changes what goes by. What it leaves out goes by as it is. */
export interface Tamper {
  /** A frame that this side sends; what is sent instead. */
  send?(frame: Frame): readonly Frame[];
  /** A frame that arrives; what this side gets instead. */
  receive?(frame: Frame): readonly Frame[];
  /** What this side gets before the end of the other's half, whichever end it is. */
  beforeEnd?(): readonly Frame[];
  /** This side is told of a good end where the other broke off or broke the rules. */
  readonly alwaysEnds?: boolean;
  /** This side never hears that the other's half has ended. */
  readonly neverEnds?: boolean;
  /** This side never hears that the other gave up. */
  readonly deaf?: boolean;
}

/** Made anew for every channel. */
export type TamperMaker = () => Tamper;

const { Header, Trailer, Compressed } = FrameFlag;

export function isMessage({ flags }: Frame): boolean {
  return (flags & ~Compressed) === 0;
}

export function isTrailer({ flags }: Frame): boolean {
  return (flags & Trailer) !== 0;
}

/** To stay after its frame has gone. */
export function kept({ flags, payload }: Frame): Frame {
  return { flags, payload: payload.slice() };
}

function formOf(payload: Uint8Array): Mode {
  return payload[0] === 0x7b ? "json" : "xlang";
}

/** The server's statuses, changed. */
export function changedStatus(change: (status: RpcStatus) => RpcStatus): TamperMaker {
  return () => ({
    send(frame) {
      if (!isTrailer(frame)) return [frame];
      const status = change(readStatus(frame.payload));
      return [{ ...frame, payload: statuses[formOf(frame.payload)].encode(status) }];
    },
  });
}

/** The client's headers, changed. */
export function changedHeader(change: (header: StreamHeader) => StreamHeader): TamperMaker {
  return () => ({
    send(frame) {
      if ((frame.flags & Header) === 0) return [frame];
      const codec = headers[formOf(frame.payload)];
      return [{ ...frame, payload: codec.encode(change(codec.decode(frame.payload))) }];
    },
  });
}

/** The messages that this side sends, changed. `place` counts from 0. */
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
