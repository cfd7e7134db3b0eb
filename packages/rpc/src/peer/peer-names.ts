import { printable } from "@aster/codec";

/** The names that a list in an error text shows, and the characters of each. */
const MOST_NAMES = 10;
const MOST_NAME_CHARS = 64;

/** Returns a name that a peer chose, for an error text. It may have 256 characters of any kind. */
export function shownName(name: string): string {
  return printable(name, MOST_NAME_CHARS);
}

/** Lists names in an error text: the first 10 and the number of the others. */
export function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  const some = names.slice(0, MOST_NAMES).join(", ");
  return more > 0 ? `${some} and ${more} more` : some;
}
