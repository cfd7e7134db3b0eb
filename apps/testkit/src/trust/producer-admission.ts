import { readFile } from "node:fs/promises";
import { createNode } from "@aster/transport";
import { AdmissionError } from "@aster/trust";
import { PRODUCER_ADMISSION_ALPN, requestProducerAdmission } from "@aster/trust/admission";
import { emit } from "../json-lines.ts";
import { secretKeyIn } from "../key-file.ts";
import { noArguments, parseOptions, required } from "../options.ts";

/** The line of an answer. */
interface Answer {
  readonly accepted: boolean;
  readonly salt: string;
  readonly producers: readonly string[];
}

const declared = {
  address: { type: "string" },
  credential: { type: "string" },
  "key-file": { type: "string" },
} as const;

/** The `producer-admission` command: asks a producer to accept the node of a key in its mesh. */
export async function producerAdmission(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, declared);
  noArguments("producer-admission", positionals);
  const address = required("address", values.address);
  const credentialJson = (await readFile(required("credential", values.credential), "utf8")).trim();
  const secretKey = await secretKeyIn(required("key-file", values["key-file"]));
  await using node = await createNode({ network: "none", secretKey });
  const connection = await node.connect(address, PRODUCER_ADMISSION_ALPN, { raw: true });
  emit(await answerOf(requestProducerAdmission(connection, { credentialJson })));
  connection.close();
  return 0;
}

async function answerOf(request: ReturnType<typeof requestProducerAdmission>): Promise<Answer> {
  try {
    const { accepted, salt, acceptedProducers } = await request;
    return { accepted, salt, producers: acceptedProducers };
  } catch (error) {
    if (!(error instanceof AdmissionError) || error.code !== "denied") throw error;
    return { accepted: false, salt: "", producers: [] };
  }
}
