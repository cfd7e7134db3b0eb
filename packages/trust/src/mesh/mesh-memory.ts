import type { ProducerMesh } from "../admission/producer-mesh.ts";
import {
  formatRevocationList,
  parseRevocationList,
  type RevocationList,
} from "../revocation/revocation-list.ts";
import type { Revocations } from "../revocation/revocations.ts";
import { clearTimeout, setTimeout } from "../timers.ts";
import { acceptUnseen } from "./mesh-admission.ts";
import { type MeshState, MeshStateFiles } from "./mesh-state.ts";

const WRITE_AFTER_MS = 500;

/** The part of the state that its producers and salt do not show. */
export type MeshFacts = Pick<MeshState, "peerOffsets" | "isolated" | "isDead">;

/** Writes the state of a mesh some time after it has changed, one file at a time. */
export class MeshMemory {
  readonly #files: MeshStateFiles | undefined;
  readonly #mesh: ProducerMesh;
  readonly #onProblem: (error: unknown) => void;
  readonly #joinedAtMs: number = Date.now();
  #facts: MeshFacts = { peerOffsets: new Map(), isolated: [], isDead: false };
  #list: RevocationList | undefined;
  #isChanged = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** Without a folder it forgets everything. */
  constructor(mesh: ProducerMesh, folder: string | undefined, onProblem: (error: unknown) => void) {
    this.#mesh = mesh;
    this.#files = folder === undefined ? undefined : new MeshStateFiles(folder);
    this.#onProblem = onProblem;
  }

  /**
   * Restores the salt, the producers and the revocations of an earlier run. Resolves with `false`
   * if there was none. Rejects as `MeshStateFiles` does, and with `AdmissionError` `"revocation"`.
   */
  async restore(revocations: Revocations): Promise<boolean> {
    const text = await this.#files?.readRevocations();
    if (text !== undefined) {
      const { sequence } = parseRevocationList(text, this.#mesh.rootPubkey);
      if (sequence > (revocations.list?.sequence ?? 0)) revocations.accept(text);
    }
    const stored = await this.#files?.read(this.#mesh.rootPubkey);
    if (stored === undefined) return false;
    this.#mesh.adopt(stored.salt);
    for (const [id, endMs] of stored.producers) {
      if (revocations.isRevoked(id)) continue;
      if (!Number.isFinite(endMs)) acceptUnseen(this.#mesh, id);
      else if (endMs > Date.now()) this.#mesh.accept(id, endMs);
    }
    return true;
  }

  /** Takes new facts, and writes the file soon. */
  keep(facts: MeshFacts): void {
    this.#facts = facts;
    this.#isChanged = true;
    this.#writeLater();
  }

  /** Takes a list that is in force, and writes it soon. */
  keepList(list: RevocationList): void {
    this.#list = list;
    this.#writeLater();
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    await this.#write();
  }

  #writeLater(): void {
    if (this.#files === undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    }, WRITE_AFTER_MS).unref();
  }

  async #write(): Promise<void> {
    if (this.#files === undefined) return;
    try {
      const list = this.#list;
      this.#list = undefined;
      if (list !== undefined) await this.#files.writeRevocations(formatRevocationList(list));
      if (!this.#isChanged) return;
      this.#isChanged = false;
      await this.#files.write(this.#mesh.rootPubkey, this.#state());
    } catch (error) {
      this.#onProblem(error);
    }
  }

  #state(): MeshState {
    const mesh = this.#mesh;
    const ends = mesh.producers.map((id): [string, number] => [
      id,
      mesh.endOf(id) ?? Number.POSITIVE_INFINITY,
    ]);
    return {
      salt: mesh.salt,
      producers: new Map(ends),
      lastHeartbeatMs: Date.now(),
      joinedAtMs: this.#joinedAtMs,
      ...this.#facts,
    };
  }
}
