/** An invalid command line. It is printed with the usage, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The synopsis of the program. */
export const usage = `usage:
  mission-control serve [--auth --root-pub F --identity F] [--bind ip:port] [--registry]
  mission-control chapter N
`;
