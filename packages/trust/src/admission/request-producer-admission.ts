import type { Connection } from "@aster/transport";
import { type AdmissionClientOptions, exchange } from "./admission-client.ts";
import { encodeAdmissionRequest } from "./admission-request.ts";
import {
  type ProducerAdmissionResponse,
  parseProducerAdmissionResponse,
} from "./producer-admission-response.ts";

export interface RequestProducerAdmissionOptions extends AdmissionClientOptions {
  /** The producer credential as JSON text. It names the endpoint of this node. */
  readonly credentialJson: string;
  /** A cloud instance identity token. Default: none. */
  readonly iidToken?: string | undefined;
}

/**
 * Asks a producer to accept this node in its mesh, over a raw connection on
 * `PRODUCER_ADMISSION_ALPN`. A connection carries one request.
 *
 * Rejects with `AdmissionError` as `requestAdmission` does, with `"denied"` if the producer
 * is not accepted. The caller closes the connection.
 */
export function requestProducerAdmission(
  connection: Connection,
  options: RequestProducerAdmissionOptions,
): Promise<ProducerAdmissionResponse> {
  const { credentialJson, iidToken = "" } = options;
  return exchange(
    connection,
    {
      request: () => encodeAdmissionRequest({ credentialJson, iidToken }),
      parse: parseProducerAdmissionResponse,
      admits: ({ accepted }) => accepted,
    },
    options,
  );
}
