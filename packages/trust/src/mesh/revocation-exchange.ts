// The list of revoked endpoints, from one member of a mesh to another (docs/wire.md, "Mesh").
import type { Connection } from "@aster/transport";
import { z } from "zod";
import { exchange } from "../admission/admission-client.ts";
import {
  type AdmissionDecider,
  AdmissionServer,
  type AdmissionVerdict,
  type Denial,
} from "../admission/admission-server.ts";
import { encodeJson, parseJson } from "../admission/json.ts";
import { admissionJson } from "../protocol.ts";
import { formatRevocationList, MOST_LIST_BYTES } from "../revocation/revocation-list.ts";
import type { Revocations } from "../revocation/revocations.ts";

const TIMEOUT_MS = 5_000;
const NAME = "request for revocations";
const NONE = Buffer.from("{}");

const shape = z.object({ sequence: z.int().min(0) });

/**
 * Asks a member for a list that is newer than `sequence`, over a raw connection on
 * `REVOCATIONS_ALPN`. Resolves with its text, which is not verified, or `undefined` for none.
 * Rejects with `AdmissionError`. The caller closes the connection.
 */
export function requestRevocations(
  connection: Connection,
  sequence: number,
): Promise<string | undefined> {
  const form = {
    request: () => encodeJson(NAME, { sequence }, admissionJson),
    parse: (answer: Uint8Array) => {
      const text = Buffer.from(answer).toString("utf8");
      return text === "{}" ? undefined : text;
    },
    admits: () => true,
    answerBytes: MOST_LIST_BYTES,
  };
  return exchange(connection, form, { timeoutMs: TIMEOUT_MS });
}

/** Answers the one request of a raw connection on `REVOCATIONS_ALPN`. */
export function serveRevocations(connection: Connection, revocations: Revocations): void {
  new AdmissionServer(connection, new ListDecider(revocations), { timeoutMs: TIMEOUT_MS });
}

class ListDecider implements AdmissionDecider {
  readonly #revocations: Revocations;

  constructor(revocations: Revocations) {
    this.#revocations = revocations;
  }

  async decide(bytes: Uint8Array): Promise<AdmissionVerdict> {
    const { sequence } = parseJson(NAME, bytes, shape, admissionJson);
    const { list } = this.#revocations;
    const isNewer = list !== undefined && list.sequence > sequence;
    const complete = () => (isNewer ? Buffer.from(formatRevocationList(list)) : NONE);
    return { admitted: true, reason: "", complete };
  }

  denial(facts: Denial): AdmissionVerdict {
    return { ...facts, admitted: false, complete: () => NONE };
  }
}
