import { StatusCode } from "@aster/rpc";
import { closest } from "../../call/suggestion.ts";
import { ExitCode, Failure } from "../../command/failure.ts";
import type { stylist } from "../../output/style.ts";

export type EntryKind =
  | "folder"
  | "service"
  | "method"
  | "contract"
  | "blob"
  | "document"
  | "entry"
  | "topic";

/** An entry of a folder of the shell. */
export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
  /** A few words for people. */
  readonly note: string;
}

/** A result for programs and for people. */
export interface Shown {
  readonly value: object;
  readonly text: string | ((style: ReturnType<typeof stylist>) => string);
}

/** Something of a peer as folders. Paths are relative to it. All methods throw failures. */
export interface Folder {
  readonly name: string;
  readonly note: string;
  /** The entries of a folder, `undefined` for a path that is not a folder. */
  list(path: readonly string[]): Promise<readonly Entry[] | undefined>;
  describe?(path: readonly string[]): Promise<Shown>;
  /** The content of an entry. */
  read?(path: readonly string[], signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** The changes of an entry or folder, until the signal fires. */
  watch?(path: readonly string[], signal: AbortSignal): AsyncIterable<Shown>;
}

/** The failure of a path that leads to nothing. */
export function missing(path: string, name: string, known: readonly string[]): Failure {
  const similar = closest(name, known);
  return new Failure(ExitCode.FAILED, {
    code: StatusCode.NOT_FOUND,
    status: "NOT_FOUND",
    reason: "",
    message: `there is nothing at ${path}`,
    hint: similar === undefined ? "see what there is with: ls" : `did you mean ${similar}?`,
  });
}
