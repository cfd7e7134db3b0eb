/** An invalid command line. It is printed with the usage, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The synopsis of the program. */
export const usage = `usage:
  testkit serve [--bind ip:port] [--key-file f] [--open] [--limit name=value]... [--idle-ms n]
  testkit call METHOD... --address A [--service S] [--session] [--check-contract] [--request JSON]... [--mode xlang|xlang1|json|native|row]
               [--n N] [--concurrency C] [--deadline-ms D] [--cancel-ms M] [--read-delay-ms R] [--send-delay-ms R] [--key-file f]
               [--metadata k=v]... [--expect CODE] [--idle-ms n] [--connect-ms n] [--trace] [--hold]
  testkit codec < requests.jsonl
`;
