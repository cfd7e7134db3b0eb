import type { Findings } from "./findings.ts";
import type { Only } from "./row.ts";
import type { Stage } from "./stage.ts";

/** A row that is more than calls on one connection: nodes and servers come and go. */
export interface SceneRow {
  readonly kind: "scene";
  readonly suite: string;
  readonly name: string;
  readonly only?: Only;
  /** Plays it; what is wrong goes into `findings`. Everything it opens, it closes. */
  play(stage: Stage, findings: Findings): Promise<void>;
}

/** The rows of a suite, all of them scenes. Compression makes no difference to them: they are played with it. */
export function sceneRows(
  suite: string,
  rows: readonly Omit<SceneRow, "kind" | "suite">[],
): SceneRow[] {
  return rows.map(({ only = {}, ...row }) => ({
    kind: "scene",
    suite,
    ...row,
    only: { zstd: true, ...only },
  }));
}
