// What a producer remembers of its mesh over restarts, in the file of the Python package.
import { join } from "node:path";
import type { EndpointId } from "@aster/transport";
import { z } from "zod";
import { type JsonRules, parseJson } from "../admission/json.ts";
import { gossipTopicOf } from "../admission/producer-mesh.ts";
import { AdmissionError } from "../error.ts";
import { KeyError } from "../keys/key-error.ts";
import { readProtected, replaceProtected } from "../keys/protected-file.ts";
import { MOST_LIST_BYTES } from "../revocation/revocation-list.ts";

/** The state of a producer in a mesh. Times are in epoch milliseconds. */
export interface MeshState {
  readonly salt: string;
  /** The ends of the acceptances; `Infinity` for none. */
  readonly producers: ReadonlyMap<EndpointId, number>;
  readonly peerOffsets: ReadonlyMap<EndpointId, number>;
  readonly isolated: Iterable<EndpointId>;
  readonly lastHeartbeatMs: number;
  readonly joinedAtMs: number;
  /** The clock of this producer deviates, so that it has departed. */
  readonly isDead: boolean;
}

const FILE = "mesh_state.json";
const LIST_FILE = "revocations.json";
const MOST_BYTES = 1024 * 1024;
const NAME = "state of the mesh";

const rules: JsonRules = {
  bounds: { bytes: MOST_BYTES, depth: 3 },
  tooLarge: (problem) => new AdmissionError("store", problem),
  malformed: (problem, options) => new AdmissionError("store", problem, options),
};

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);

const shape = z.object({
  salt: hex32,
  topic_id: hex32,
  accepted_producers: z.array(hex32).max(960),
  accepted_until_epoch_ms: z.record(hex32, z.number()).optional(),
});

/** The files of a producer in its state folder. They are replaced atomically, with mode 0600. */
export class MeshStateFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Reads the salt and the producers; `undefined` if there are none yet. Rejects with
   * `AdmissionError` `"store"` for a file that is malformed or of another root key, and with
   * `KeyError` for one that cannot be read or that others can.
   */
  async read(rootPubkey: string): Promise<Pick<MeshState, "salt" | "producers"> | undefined> {
    const path = join(this.#folder, FILE);
    const text = await readFileAt(path, MOST_BYTES);
    if (text === undefined) return undefined;
    const wire = parseJson(NAME, text, shape, rules);
    if (wire.topic_id !== gossipTopicOf(rootPubkey, wire.salt)) {
      const problem = `${path} is of the mesh of another root key; use another folder`;
      throw new AdmissionError("store", problem);
    }
    const ends = wire.accepted_until_epoch_ms ?? {};
    const producers = wire.accepted_producers.map((id): [EndpointId, number] => [
      id,
      ends[id] ?? Number.POSITIVE_INFINITY,
    ]);
    return { salt: wire.salt, producers: new Map(producers) };
  }

  async write(rootPubkey: string, state: MeshState): Promise<void> {
    const { salt, producers } = state;
    const finite = [...producers].filter(([, end]) => Number.isFinite(end));
    const wire = {
      accepted_producers: [...producers.keys()].sort(),
      salt,
      topic_id: gossipTopicOf(rootPubkey, salt),
      peer_offsets: Object.fromEntries(state.peerOffsets),
      drift_isolated: [...state.isolated].sort(),
      last_heartbeat_epoch_ms: state.lastHeartbeatMs,
      mesh_joined_at_epoch_ms: state.joinedAtMs,
      mesh_dead: state.isDead,
      accepted_until_epoch_ms: Object.fromEntries(finite),
    };
    await replaceProtected(join(this.#folder, FILE), `${JSON.stringify(wire, undefined, 2)}\n`);
  }

  /** Reads the last list of revoked endpoints; `undefined` if there is none. */
  readRevocations(): Promise<string | undefined> {
    return readFileAt(join(this.#folder, LIST_FILE), MOST_LIST_BYTES);
  }

  writeRevocations(text: string): Promise<void> {
    return replaceProtected(join(this.#folder, LIST_FILE), text);
  }
}

async function readFileAt(path: string, mostBytes: number): Promise<string | undefined> {
  try {
    return await readProtected(path, mostBytes);
  } catch (error) {
    if (error instanceof KeyError && error.code === "missing") return undefined;
    throw error;
  }
}
