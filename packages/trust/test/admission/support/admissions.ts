import type { Connection, Node, TransportError } from "@aster/transport";
import { memoryPair, type NodePair } from "@aster/transport/testing";
import {
  type AdmissionOffer,
  CONSUMER_ADMISSION_ALPN,
  PRODUCER_ADMISSION_ALPN,
  type ServeAdmissionOptions,
  type ServeProducerAdmissionOptions,
  serveAdmission,
  serveProducerAdmission,
} from "../../../src/admission.ts";
import type { AdmissionOutcome } from "../../../src/index.ts";

const ALPNS = [CONSUMER_ADMISSION_ALPN, PRODUCER_ADMISSION_ALPN];

/** A server of admissions and a client, in one process. */
export class Admissions implements AsyncDisposable {
  readonly outcomes: AdmissionOutcome[] = [];
  readonly #pair: NodePair;

  private constructor(pair: NodePair) {
    this.#pair = pair;
  }

  static async of(
    consumers: Partial<ServeAdmissionOptions> & Pick<ServeAdmissionOptions, "gate">,
    producers?: ServeProducerAdmissionOptions,
    offered: Partial<AdmissionOffer> = {},
  ): Promise<Admissions> {
    const admissions = new Admissions(await memoryPair());
    const offer = () => ({
      services: [],
      registryNamespace: "",
      rootPubkey: "00".repeat(32),
      ...offered,
    });
    const onDecision = (outcome: AdmissionOutcome) => admissions.outcomes.push(outcome);
    admissions.#serve((connection) => {
      if (connection.alpn === CONSUMER_ADMISSION_ALPN) {
        serveAdmission(connection, { offer, onDecision, ...consumers });
      } else if (producers !== undefined) {
        serveProducerAdmission(connection, { onDecision, ...producers });
      }
    });
    return admissions;
  }

  get client(): Node {
    return this.#pair.client;
  }

  dial(alpn: string = CONSUMER_ADMISSION_ALPN): Promise<Connection> {
    return this.#pair.client.connect(this.#pair.server.address(), alpn, { raw: true });
  }

  /** Sends a text and returns the text of the answer. */
  async ask(request: string, alpn?: string): Promise<string> {
    const connection = await this.dial(alpn);
    try {
      return await new Promise((resolve, reject: (error: TransportError) => void) => {
        let received = "";
        const channel = connection.open({
          frame: (_flags, piece) => {
            received += new TextDecoder().decode(piece);
          },
          end: () => resolve(received),
          malformed: reject,
          stopped: () => {},
          closed: reject,
        });
        channel.send(0, new TextEncoder().encode(request), true);
      });
    } finally {
      connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pair[Symbol.asyncDispose]();
  }

  #serve(answer: (connection: Connection) => void): void {
    const connections = this.#pair.server.accept(ALPNS, { raw: ALPNS });
    void (async () => {
      for await (const connection of connections) answer(connection);
    })();
  }
}
