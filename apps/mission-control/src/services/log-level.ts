import { RpcError, StatusCode } from "@aster/rpc";

const LEVELS: readonly string[] = ["debug", "info", "warn", "error"];

/** Returns the rank of a log level, the least first. Throws INVALID_ARGUMENT for another text. */
export function rankOf(level: string): number {
  const rank = LEVELS.indexOf(level);
  if (rank >= 0) return rank;
  throw new RpcError(
    StatusCode.INVALID_ARGUMENT,
    `there is no level ${JSON.stringify(level.slice(0, 40))}; use ${LEVELS.join(", ")}`,
  );
}
