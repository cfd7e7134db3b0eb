import { defaultLimits, type RpcLimits } from "@aster/rpc/server";
import type { AdmissionLimiterOptions } from "@aster/trust";
import { excludeEachOther, noArguments, pairs, parseOptions, wholeNumber } from "../options.ts";
import { UsageError } from "../usage.ts";

/** The options of `serve` about the peers that may call. */
export interface TrustOptions {
  /** A file with the public root key. */
  readonly rootPub: string | undefined;
  readonly identity: string | undefined;
  /** The entry of the identity file. */
  readonly peer: string | undefined;
  /** The folder that remembers used one-time tokens. */
  readonly oneTimeStore: string | undefined;
  /** The file of a revocation list. */
  readonly revocations: string | undefined;
  readonly admissionLimits: AdmissionLimiterOptions;
}

/** The options of `serve` about its registry. */
export interface RegistryServeOptions {
  readonly store: string | undefined;
  /** The file that will hold the writer ticket. */
  readonly ticketFile: string | undefined;
  /** The file with the writer ticket of another producer. */
  readonly join: string | undefined;
  readonly channels: readonly string[];
  /** The term of the leases. */
  readonly leaseMs: number | undefined;
}

export interface ServeOptions extends TrustOptions {
  readonly registry: RegistryServeOptions | undefined;
  readonly bind: string | undefined;
  readonly keyFile: string | undefined;
  readonly limits: Partial<RpcLimits>;
  readonly idleMs: number | undefined;
}

/** Options that need a closed gate. */
const CLOSED = ["one-time-store", "revocations", "close-producers"] as const;

/** Options that need a registry. */
const OF_REGISTRY = ["registry-store", "registry-ticket", "join", "channel", "lease-ms"] as const;

const admissionLimitNames: Readonly<Record<string, keyof AdmissionLimiterOptions>> = {
  admissionsPerEndpoint: "perEndpoint",
  admissionsPerAddress: "perAddress",
  admissionsInTotal: "total",
};

/** Reads the arguments of `serve`; throws {@link UsageError}. */
export function serveOptions(args: readonly string[]): ServeOptions {
  const { values, positionals } = parseOptions(args, {
    bind: { type: "string" },
    "key-file": { type: "string" },
    open: { type: "boolean" },
    "root-pub": { type: "string" },
    identity: { type: "string" },
    peer: { type: "string" },
    "one-time-store": { type: "string" },
    revocations: { type: "string" },
    "close-producers": { type: "boolean" },
    limit: { type: "string", multiple: true, default: [] },
    "idle-ms": { type: "string" },
    registry: { type: "boolean" },
    "registry-store": { type: "string" },
    "registry-ticket": { type: "string" },
    join: { type: "string" },
    channel: { type: "string", multiple: true },
    "lease-ms": { type: "string" },
  });
  noArguments("serve", positionals);
  excludeEachOther(values, "open", "root-pub", "identity");
  const { bind, identity, peer, revocations } = values;
  const rootPub = values["root-pub"];
  if (peer !== undefined && identity === undefined) {
    throw new UsageError("--peer names an entry of --identity, which is missing");
  }
  const needing = CLOSED.find((name) => values[name] !== undefined);
  if (needing !== undefined && rootPub === undefined && identity === undefined) {
    throw new UsageError(`--${needing} needs --root-pub or --identity`);
  }
  const unregistered = OF_REGISTRY.find((name) => values[name] !== undefined);
  if (unregistered !== undefined && values.registry === undefined) {
    throw new UsageError(`--${unregistered} needs --registry`);
  }
  const given = Object.entries(pairs("limit", values.limit));
  const isAdmission = ([name]: [string, string]) => Object.hasOwn(admissionLimitNames, name);
  const { "idle-ms": idle, "lease-ms": lease } = values;
  return {
    bind,
    keyFile: values["key-file"],
    registry:
      values.registry === undefined
        ? undefined
        : {
            store: values["registry-store"],
            ticketFile: values["registry-ticket"],
            join: values.join,
            channels: values.channel ?? [],
            leaseMs: lease === undefined ? undefined : wholeNumber("lease-ms", lease, 1),
          },
    rootPub,
    identity,
    peer,
    oneTimeStore: values["one-time-store"],
    revocations,
    limits: Object.fromEntries(given.filter((one) => !isAdmission(one)).map(limit)),
    admissionLimits: Object.fromEntries(given.filter(isAdmission).map(admissionLimit)),
    idleMs: idle === undefined ? undefined : wholeNumber("idle-ms", idle, 1),
  };
}

function limit([name, text]: [string, string]): [string, number] {
  if (!Object.hasOwn(defaultLimits, name)) {
    const known = [...Object.keys(defaultLimits), ...Object.keys(admissionLimitNames)].join(" ");
    throw new UsageError(`unknown limit ${name}\nsupported: ${known}`);
  }
  return [name, wholeNumber(`limit ${name}`, text)];
}

function admissionLimit([name, text]: [string, string]): [string, number] {
  return [admissionLimitNames[name] ?? name, wholeNumber(`limit ${name}`, text, 1)];
}
