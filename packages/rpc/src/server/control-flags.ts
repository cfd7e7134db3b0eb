import { FrameFlag } from "@aster/transport";

/** Frames that are no messages. */
export const CONTROL_FLAGS: number =
  FrameFlag.Trailer | FrameFlag.Header | FrameFlag.RowSchema | FrameFlag.Call | FrameFlag.Cancel;

/** Frames that have no place inside a call. */
export const UNEXPECTED_FLAGS: number = FrameFlag.Header | FrameFlag.Call;
