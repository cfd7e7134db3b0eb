import type { Connection } from "@aster/transport";
import { type AdmissionClientOptions, exchange } from "./admission-client.ts";
import { encodeAdmissionRequest } from "./admission-request.ts";
import { type AdmissionResponse, parseAdmissionResponse } from "./admission-response.ts";

export interface RequestAdmissionOptions extends AdmissionClientOptions {
  /** The credential as JSON text. Default: none. */
  readonly credentialJson?: string | undefined;
  /** A cloud instance identity token. Default: none. */
  readonly iidToken?: string | undefined;
  /** Asks for a new credential, which the producer may issue or not. Default: false. */
  readonly renew?: boolean | undefined;
}

/**
 * Requests admission from a producer, over a raw connection on `CONSUMER_ADMISSION_ALPN`. A
 * connection carries one request.
 *
 * A denial never contains a reason. Rejects with `AdmissionError`: `"denied"`, `"protocol"`,
 * `"limit"`, `"timeout"`, `"closed"`, `"aborted"` or `"option"`. The caller closes the connection.
 */
export function requestAdmission(
  connection: Connection,
  options: RequestAdmissionOptions = {},
): Promise<AdmissionResponse> {
  const { credentialJson = "", iidToken = "", renew } = options;
  return exchange(
    connection,
    {
      request: () => encodeAdmissionRequest({ credentialJson, iidToken, renew }),
      parse: parseAdmissionResponse,
      admits: ({ admitted }) => admitted,
    },
    options,
  );
}
