import { AsterClient, type AsterClientOptions, RpcError } from "@aster/rpc";
import { AdmissionError } from "@aster/trust";

const ATTEMPTS = 5;

/**
 * Connects to a server of the Python package. That server closes the connection of an admission as
 * soon as it has written its answer, which is then lost occasionally, so this function repeats the
 * dial after a lost answer. Any other error is final. Use `AsterClient.connect` for TypeScript
 * servers: they must never lose an answer.
 */
export async function connectToPython(
  address: string,
  options: AsterClientOptions,
): Promise<AsterClient> {
  for (let left = ATTEMPTS - 1; ; left -= 1) {
    try {
      return await AsterClient.connect(address, options);
    } catch (error) {
      if (left === 0 || !isLostAnswer(error)) throw error;
    }
  }
}

function isLostAnswer(error: unknown): boolean {
  const { cause } = RpcError.from(error);
  return cause instanceof AdmissionError && cause.code === "closed";
}
