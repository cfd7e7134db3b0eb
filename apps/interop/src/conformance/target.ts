import type { AsterClient } from "@aster/rpc";
import type { Mode } from "./protocol.ts";
import type { RawServer } from "./raw-server.ts";
import type { Rig } from "./rig.ts";
import type { Row, Setup } from "./row.ts";
import type { ScenarioRow } from "./scenario-row.ts";
import type { Stage } from "./stage.ts";

export interface Visit extends AsyncDisposable {
  readonly client: AsterClient;
}

/** One combination of transport, mode and compression, or of us and another implementation. */
export interface Target {
  /** As rows of known-failing.txt name it. */
  readonly name: string;
  readonly mode: Mode;
  readonly zstd: boolean;
  /** Whether the row means something here and can be said here. */
  takes(row: Row): boolean;
  rig(setup: Setup): Promise<Rig>;
  /** Ends what the rigs share. */
  close?(): Promise<void>;
  rawServer?(): Promise<RawServer>;
  readonly stage?: Stage;
  /** A client, met for one scenario, of a server that hosts its service. */
  visit?(row: ScenarioRow): Promise<Visit>;
}
