import { RawServer } from "../raw/raw-server.ts";
import type { Row } from "../row-kinds/row.ts";
import type { Setup } from "../row-kinds/setup.ts";
import type { Target } from "./target.ts";
import { testbedOf } from "./testbed.ts";
import { nodesOf, type TypescriptOptions, typescriptHarness } from "./typescript-harness.ts";

/**
 * The TypeScript client and server: over memory and QUIC in XLANG and JSON, with and without zstd;
 * in NATIVE, ROW and profile A of XLANG, which run calls only; and within one program.
 */
export const typescriptTargets: readonly Target[] = [
  ...(["memory", "quic"] as const).flatMap((transport) =>
    (["xlang", "json"] as const).flatMap((mode) =>
      [true, false].map((zstd) => typescriptTarget({ transport, mode, zstd })),
    ),
  ),
  ...(["memory", "quic"] as const).flatMap((transport) => [
    typescriptTarget({ transport, mode: "native", zstd: true }),
    typescriptTarget({ transport, mode: "row", zstd: true }),
  ]),
  typescriptTarget({ transport: "memory", mode: "xlang", profile: "A", zstd: true }),
  typescriptTarget({ transport: "local", mode: "xlang", zstd: true }),
  typescriptTarget({ transport: "local", mode: "json", zstd: true }),
];

/** Returns the TypeScript client and server in one combination. */
export function typescriptTarget(options: TypescriptOptions): Target {
  const { transport, mode, profile = "", zstd } = options;
  const target = {
    name: `${transport}/${mode}${profile}/${zstd ? "zstd" : "plain"}`,
    mode: mode === "json" ? mode : "xlang",
    zstd,
    takes: (row: Row) => takes(options, row),
    harness: (setup: Setup) => typescriptHarness(options, setup),
  } as const;
  if (transport === "local" || !runsRawPeers(options)) return target;
  const testbed = testbedOf(transport, target.mode);
  return {
    ...target,
    rawServer: async () => new RawServer(await nodesOf(options)),
    testbed,
    scenarioClient: ({ implementation }) =>
      testbed.connect({ server: { services: [implementation] } }),
  };
}

/** Raw peers and scripts exist in two modes and need a transport. */
function runsRawPeers({ transport, mode, profile }: TypescriptOptions): boolean {
  return transport !== "local" && (mode === "xlang" || mode === "json") && profile === undefined;
}

function takes(options: TypescriptOptions, row: Row): boolean {
  const { transport, mode, zstd } = options;
  if (row.only?.mode !== undefined && row.only.mode !== mode) return false;
  if (row.only?.zstd !== undefined && row.only.zstd !== zstd) return false;
  if (row.only?.transport !== undefined && !row.only.transport.includes(transport)) return false;
  if (usesSession(row)) return mode === "xlang" || mode === "json";
  if (row.kind === "call") return transport !== "local" || row.repeat?.fresh !== true;
  return runsRawPeers(options);
}

function usesSession(row: Row): boolean {
  return row.kind === "session" || (row.kind === "call" && row.session !== undefined);
}
