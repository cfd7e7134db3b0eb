import { nodesOf, type OurRigOptions, ourRig } from "./our-rig.ts";
import { RawServer } from "./raw-server.ts";
import type { Row, Setup } from "./row.ts";
import { stageOf } from "./stage.ts";
import type { Target } from "./target.ts";

/**
 * Us and ourselves: over memory and QUIC, in XLANG and JSON, with zstd and without; in NATIVE, ROW and the XLANG of old, which
 * calls alone are made in; and within one program.
 */
export const ourTargets: readonly Target[] = [
  ...(["memory", "quic"] as const).flatMap((transport) =>
    (["xlang", "json"] as const).flatMap((mode) =>
      [true, false].map((zstd) => ourTarget({ transport, mode, zstd })),
    ),
  ),
  ...(["memory", "quic"] as const).flatMap((transport) => [
    ourTarget({ transport, mode: "native", zstd: true }),
    ourTarget({ transport, mode: "row", zstd: true }),
  ]),
  ourTarget({ transport: "memory", mode: "xlang", profile: "A", zstd: true }),
  ourTarget({ transport: "local", mode: "xlang", zstd: true }),
  ourTarget({ transport: "local", mode: "json", zstd: true }),
];

/** Us and ourselves, in one way. */
export function ourTarget(options: OurRigOptions): Target {
  const { transport, mode, profile = "", zstd } = options;
  const target = {
    name: `${transport}/${mode}${profile}/${zstd ? "zstd" : "plain"}`,
    mode: mode === "json" ? mode : "xlang",
    zstd,
    takes: (row: Row) => takes(options, row),
    rig: (setup: Setup) => ourRig(options, setup),
  } as const;
  if (transport === "local" || !speaksRaw(options)) return target;
  const pair = () => nodesOf(options);
  const stage = stageOf(transport, target.mode);
  return {
    ...target,
    rawServer: async () => new RawServer(await pair()),
    stage,
    visit: ({ implementation }) => stage.meet({ server: { services: [implementation] } }),
  };
}

/** Raw peers and scenes know two modes, over a transport. */
function speaksRaw({ transport, mode, profile }: OurRigOptions): boolean {
  return transport !== "local" && (mode === "xlang" || mode === "json") && profile === undefined;
}

function takes(options: OurRigOptions, row: Row): boolean {
  const { transport, mode, zstd } = options;
  if (row.only?.mode !== undefined && row.only.mode !== mode) return false;
  if (row.only?.zstd !== undefined && row.only.zstd !== zstd) return false;
  if (row.only?.transport !== undefined && !row.only.transport.includes(transport)) return false;
  if (isOfSessions(row)) return mode === "xlang" || mode === "json";
  if (row.kind === "call") return transport !== "local" || row.repeat?.fresh !== true;
  return speaksRaw(options);
}

function isOfSessions(row: Row): boolean {
  return row.kind === "session" || (row.kind === "call" && row.session !== undefined);
}
