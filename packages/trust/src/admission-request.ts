import { z } from "zod";
import { encodeMessage, parseMessage } from "./message.ts";

/** What a consumer sends first (docs/wire.md, "Admission"). */
export interface AdmissionRequest {
  /** The credential as JSON text; empty for none. */
  readonly credentialJson: string;
  /** A cloud instance identity token; empty for none. */
  readonly iidToken: string;
}

const shape = z.object({
  credential_json: z.string(),
  iid_token: z.string().nullish(),
});

/** The bytes of a request. Throws {@link AdmissionError} `"limit"` when the credential is too large to be sent. */
export function encodeAdmissionRequest(request: AdmissionRequest): Uint8Array {
  return encodeMessage("request", {
    credential_json: request.credentialJson,
    iid_token: request.iidToken,
  });
}

/** Reads a request; unknown keys are ignored. Throws {@link AdmissionError} `"protocol"`. */
export function parseAdmissionRequest(input: Uint8Array | string): AdmissionRequest {
  const wire = parseMessage("request", input, shape);
  return { credentialJson: wire.credential_json, iidToken: wire.iid_token ?? "" };
}
