import { parseAddress, parseTicket, TransportError } from "@aster/transport";
import { RegistryError } from "./error.ts";
import { hexOf } from "./publish/contract-collection.ts";

/** The parts of a text with which a registry is joined. */
export type RegistryAddress = {
  /** The author that created the registry, if the text names it. */
  readonly owner?: string | undefined;
} & (
  | {
      /** Reads only. */
      readonly namespace: string;
      /** A ticket, a base64 node address or an endpoint id. */
      readonly peer: string;
    }
  | {
      /** `doc…`: the right to read, or to read and write. */
      readonly ticket: string;
    }
);

const ID = /^[0-9a-f]{64}$/;
const DOC_TICKET = /^doc[a-z2-7]+$/;

/** `namespace@peer#owner`, or `ticket#owner`. */
export function formatRegistryAddress(address: RegistryAddress): string {
  const place = "ticket" in address ? address.ticket : `${address.namespace}@${address.peer}`;
  return address.owner === undefined ? place : `${place}#${address.owner}`;
}

/**
 * Reads the address of a registry: `namespace@peer`, a `doc…` ticket, or an `aster1…` ticket with
 * the right to read a registry; then `#owner`, if the text goes on. Throws {@link RegistryError}
 * `"option"`. The message does not repeat the text, because a ticket may be secret.
 */
export function parseRegistryAddress(text: string): RegistryAddress {
  const [place = "", owner, ...rest] = text.trim().split("#");
  if (rest.length > 0 || (owner !== undefined && !ID.test(owner))) {
    throw unreadable("after # there must be an author id");
  }
  const owned = owner === undefined ? {} : { owner };
  if (DOC_TICKET.test(place)) return { ticket: place, ...owned };
  const at = place.indexOf("@");
  if (at < 0) return { ...placeOfTicket(place), ...owned };
  const [namespace, peer] = [place.slice(0, at), place.slice(at + 1)];
  if (!ID.test(namespace)) throw unreadable("the namespace is not 64 lower-case hex characters");
  readable(() => parseAddress(peer));
  return { namespace, peer, ...owned };
}

function placeOfTicket(text: string): { readonly namespace: string; readonly peer: string } {
  const ticket = readable(() => parseTicket(text));
  if (ticket.credential?.type !== "registry_read") {
    throw unreadable("the ticket does not name a registry");
  }
  return { namespace: hexOf(ticket.credential.data), peer: text };
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof TransportError) throw unreadable("the peer cannot be read", { cause });
    throw cause;
  }
}

function unreadable(why: string, options?: ErrorOptions): RegistryError {
  const text = `cannot read the address of the registry: ${why}; give namespace@peer, a doc… ticket or the address of a registry`;
  return new RegistryError("option", text, options);
}
