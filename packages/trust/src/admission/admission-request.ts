import { z } from "zod";
import { admissionJson } from "../protocol.ts";
import { encodeJson, parseJson } from "./json.ts";

/** The first message of an admission, sent by the consumer (docs/wire.md, "Admission"). */
export interface AdmissionRequest {
  /** The credential as JSON text; empty for none. */
  readonly credentialJson: string;
  /** A cloud instance identity token; empty for none. */
  readonly iidToken: string;
  /** Asks for a new credential. Default: false. */
  readonly renew?: boolean | undefined;
}

const NAME = "admission request";

const shape = z.object({
  credential_json: z.string(),
  iid_token: z.string().nullish(),
  // another form is one of a later version
  renew: z.boolean().nullish().catch(undefined),
});

/** The bytes of a request. Throws `AdmissionError` `"limit"` for more than 64 KiB. */
export function encodeAdmissionRequest(request: AdmissionRequest): Uint8Array {
  const wire = {
    credential_json: request.credentialJson,
    iid_token: request.iidToken,
    ...(request.renew ? { renew: true } : {}),
  };
  return encodeJson(NAME, wire, admissionJson);
}

/** Reads a request and ignores unknown keys. Throws `AdmissionError` `"protocol"`. */
export function parseAdmissionRequest(input: Uint8Array | string): AdmissionRequest {
  const wire = parseJson(NAME, input, shape, admissionJson);
  return {
    credentialJson: wire.credential_json,
    iidToken: wire.iid_token ?? "",
    ...(wire.renew ? { renew: true } : {}),
  };
}
