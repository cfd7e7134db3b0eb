import { loopbackPair, memoryPair } from "@aster/transport/testing";
import { type OurRigOptions, ourRig } from "./our-rig.ts";
import { RawServer } from "./raw-server.ts";
import type { Row } from "./row.ts";
import { stageOf } from "./stage.ts";
import type { Target } from "./target.ts";

/** Us and ourselves: over memory and QUIC, in XLANG and JSON, with zstd and without; and within one program. */
export const ourTargets: readonly Target[] = [
  ...(["memory", "quic"] as const).flatMap((transport) =>
    (["xlang", "json"] as const).flatMap((mode) =>
      [true, false].map((zstd) => ourTarget({ transport, mode, zstd })),
    ),
  ),
  ourTarget({ transport: "local", mode: "xlang", zstd: true }),
  ourTarget({ transport: "local", mode: "json", zstd: true }),
];

function ourTarget(options: OurRigOptions): Target {
  const { transport, mode, zstd } = options;
  const target: Target = {
    name: `${transport}/${mode}/${zstd ? "zstd" : "plain"}`,
    mode,
    zstd,
    takes: (row) => takes(options, row),
    rig: (setup) => ourRig(options, setup),
  };
  if (transport === "local") return target;
  const pair = transport === "quic" ? loopbackPair : memoryPair;
  const stage = stageOf(transport, mode);
  return { ...target, rawServer: async () => new RawServer(await pair()), stage };
}

function takes({ transport, mode, zstd }: OurRigOptions, row: Row): boolean {
  if (row.only?.mode !== undefined && row.only.mode !== mode) return false;
  if (row.only?.zstd !== undefined && row.only.zstd !== zstd) return false;
  if (row.only?.transport !== undefined && !row.only.transport.includes(transport)) return false;
  if (row.kind === "session") return true;
  if (row.kind === "call") return transport !== "local" || row.repeat?.fresh !== true;
  return transport !== "local";
}
