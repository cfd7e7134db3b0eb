import type { AsterClient } from "@aster/rpc";
import type { Mode } from "../raw/protocol.ts";
import type { RawServer } from "../raw/raw-server.ts";
import type { Row } from "../row-kinds/row.ts";
import type { ScenarioRow } from "../row-kinds/scenario-row.ts";
import type { Setup } from "../row-kinds/setup.ts";
import type { Harness } from "./harness.ts";
import type { Testbed } from "./testbed.ts";

/** A client that is connected to a server which hosts the service of a scenario. */
export interface ScenarioClient extends AsyncDisposable {
  readonly client: AsterClient;
}

/**
 * One combination of transport, mode and compression between a TypeScript client and server, or
 * between one of them and the Python package.
 */
export interface Target {
  /** The name in the output and in known-failing.txt. */
  readonly name: string;
  readonly mode: Mode;
  readonly zstd: boolean;
  /** Returns whether the target can run the row. */
  takes(row: Row): boolean;
  harness(setup: Setup): Promise<Harness>;
  /** Ends what the harnesses share. */
  close?(): Promise<void>;
  rawServer?(): Promise<RawServer>;
  readonly testbed?: Testbed;
  scenarioClient?(row: ScenarioRow): Promise<ScenarioClient>;
}
