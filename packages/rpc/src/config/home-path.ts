import { homedir } from "node:os";
import { join } from "node:path";

/** Replaces `~` at the start of a path by the home folder. */
export function homePath(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}
