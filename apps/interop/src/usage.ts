/** A command line that cannot be obeyed: printed with the usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What the program accepts. */
export const usage = `usage:
  testkit serve [--bind ip:port] [--key-file f] [--open] [--limit name=value]... [--idle-ms n]
  testkit call METHOD... --address A [--service S] [--session] [--check-contract] [--request JSON]... [--mode xlang|xlang1|json|native|row]
               [--n N] [--concurrency C] [--deadline-ms D] [--cancel-ms M] [--read-delay-ms R] [--send-delay-ms R] [--key-file f]
               [--metadata k=v]... [--expect CODE] [--idle-ms n] [--connect-ms n] [--trace] [--hold]
  testkit codec < requests.jsonl
  testkit conformance [--full] [WORD]...
  testkit conformance --sabotage
`;
