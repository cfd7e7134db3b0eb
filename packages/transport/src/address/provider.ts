import type { NativeProvider } from "@aster/native";
import type { EndpointAddress } from "./endpoint.ts";

/** Returns an address in the form of the native module. */
export function providerOf({
  endpointId,
  directAddresses,
  relayUrl,
}: EndpointAddress): NativeProvider {
  const relay = relayUrl === undefined ? {} : { relay: relayUrl };
  return { id: endpointId, direct: [...directAddresses], ...relay };
}
