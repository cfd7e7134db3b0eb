/** An invalid command line. It is printed with the usage, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The synopsis of the program. */
export const usage = `usage:
  testkit serve [--bind ip:port] [--key-file f] [--open] [--limit name=value]... [--idle-ms n]
                [--root-pub f] [--identity f [--peer NAME]] [--one-time-store d] [--revocations f] [--close-producers]
                [--registry [--registry-store DIR] [--registry-ticket F] [--join F] [--channel C]...]
  testkit call METHOD... --address A|--registry NAMESPACE@A [--service S] [--version N] [--session] [--check-contract] [--request JSON]... [--mode xlang|xlang1|json|native|row]
               [--n N] [--concurrency C] [--deadline-ms D] [--cancel-ms M] [--read-delay-ms R] [--send-delay-ms R] [--key-file f]
               [--metadata k=v]... [--expect CODE] [--idle-ms n] [--connect-ms n] [--trace] [--hold]
               [--credential f | --identity f [--peer NAME]]
  testkit codec < requests.jsonl
  testkit keys root|node --out F
  testkit credential --root-key F [--role r]... [--attribute k=v]... [--name n] [--expires SECONDS] [--one-time] [--endpoint HEX] [--producer] --out F
  testkit identity --root-key F --name N --role consumer|producer [--capability c]... [--expires SECONDS] --out F
  testkit revoke --root-key F --endpoint HEX... [--list F] --out F
  testkit producer-admission --address A --credential F --key-file F
  testkit registry resolve --namespace HEX --peer A --service S [--version N | --channel C | --tag T | --contract HEX]
                           [--strategy round_robin|least_load|random|lowest_rtt] [--wait-ms N]
  testkit registry watch --namespace HEX --peer A [--for-ms N]
  testkit registry manifest --namespace HEX --peer A --contract HEX
  testkit registry acl --store DIR (--writer HEX... | --show)
  testkit blob put FILE --store DIR
  testkit blob get TICKET --out FILE
  testkit doc write KEY VALUE --store DIR [--namespace HEX]
  testkit doc read --namespace HEX --peer A [--prefix P]
  testkit gossip join TOPICHEX [--peer A]...
`;
