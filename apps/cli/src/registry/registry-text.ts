const REGISTRY = /^([0-9a-f]{64}@\S+|doc[a-z2-7]{60,}(#[0-9a-f]{64})?)$/;

/** Returns `true` for the address of a registry: `NAMESPACE@ADDRESS`, or a ticket `doc…`. */
export const isRegistryAddress = (text: string): boolean => REGISTRY.test(text);

/** The address in an argument: of the peer that the address of a registry names, or as given. */
export function peerOf(text: string): string {
  if (!/^[0-9a-f]{64}@/.test(text)) return text;
  return text.slice(text.indexOf("@") + 1).replace(/#.*$/, "");
}
