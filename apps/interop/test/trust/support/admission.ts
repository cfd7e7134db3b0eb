import type { ChannelSink, Node } from "@aster/transport";
import { AdmissionError } from "@aster/trust";
import { CONSUMER_ADMISSION_ALPN, requestAdmission } from "@aster/trust/admission";

/** Requests admission as a node; `"lost"` if the server is gone. */
export async function admit(
  node: Node,
  address: string,
  credentialJson: string,
): Promise<"admitted" | "denied" | "lost"> {
  try {
    const connection = await node.connect(address, CONSUMER_ADMISSION_ALPN, {
      raw: true,
      timeoutMs: 5_000,
    });
    try {
      await requestAdmission(connection, { credentialJson, timeoutMs: 5_000 });
      return "admitted";
    } finally {
      connection.close();
    }
  } catch (error) {
    return error instanceof AdmissionError && error.code === "denied" ? "denied" : "lost";
  }
}

/** The answer to a request and the time until it was complete. */
export interface TimedAnswer {
  readonly text: string;
  readonly ms: number;
}

/** Sends the bytes of a request for admission and reads the bytes of the answer. */
export async function exchange(node: Node, address: string, request: string): Promise<TimedAnswer> {
  const connection = await node.connect(address, CONSUMER_ADMISSION_ALPN, { raw: true });
  try {
    const pieces: Buffer[] = [];
    const beganAt = performance.now();
    await new Promise<void>((resolve, reject) => {
      const sink: ChannelSink = {
        frame: (_flags, piece) => void pieces.push(Buffer.from(piece)),
        end: resolve,
        malformed: reject,
        stopped() {},
        closed: reject,
      };
      connection.open(sink).send(0, Buffer.from(request), true);
    });
    return { text: Buffer.concat(pieces).toString(), ms: performance.now() - beganAt };
  } finally {
    connection.close();
  }
}

/** The request that presents a credential. */
export function requestOf(credentialJson: string): string {
  return JSON.stringify({ credential_json: credentialJson, iid_token: "" });
}
