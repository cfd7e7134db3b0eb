import { AsterClient, type AsterClientOptions, RpcError } from "@aster/rpc";
import { AdmissionError } from "@aster/trust";

const ATTEMPTS = 5;

/**
 * Connects to a server of the wheel, and to no other: that lets go of an admission's connection as soon as it has written its
 * answer, which is lost with it now and then, and is then asked again. Whatever else goes wrong is a fault, and so is a lost
 * answer of ours: our own servers are dialled with `AsterClient.connect`, once.
 */
export async function connectToWheel(
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
