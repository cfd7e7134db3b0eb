import { FrameFlag } from "@aster/transport";

/** Frames that open a stream or a call. They have no place inside a call. */
export const OPENING_FLAGS: number = FrameFlag.Header | FrameFlag.Call;

/** Frames that only a client sends. */
export const CLIENT_FLAGS: number = OPENING_FLAGS | FrameFlag.Cancel;

/** Frames that are not messages. */
export const CONTROL_FLAGS: number = CLIENT_FLAGS | FrameFlag.Trailer | FrameFlag.RowSchema;
