const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const DIGITS = new Map<string, number>(Array.from(ALPHABET, (char, digit) => [char, digit]));
/** More than log(256) / log(58), the base58 characters per byte. */
const CHARS_PER_BYTE = 1.37;

/**
 * Writes Bitcoin's base58 without a checksum. The time grows with the square of the length, so it
 * is for short keys and tickets only.
 */
export function encodeBase58(bytes: Uint8Array): string {
  const digits: number[] = [];
  for (const byte of bytes) carry(digits, byte, 256, 58);
  let text = "1".repeat(leadingZeros(bytes));
  for (const digit of digits.toReversed()) text += ALPHABET.charAt(digit);
  return text;
}

/**
 * Reads base58. Returns `undefined` when `text` has other characters or holds more than `maxBytes`.
 * A text that is too long for `maxBytes` is refused without decoding it.
 */
export function decodeBase58(text: string, maxBytes: number): Uint8Array | undefined {
  if (text.length > Math.ceil(maxBytes * CHARS_PER_BYTE)) return undefined;
  const digits: number[] = [];
  for (const char of text) {
    const digit = DIGITS.get(char);
    if (digit === undefined) return undefined;
    digits.push(digit);
  }
  const bytes: number[] = [];
  for (const digit of digits) carry(bytes, digit, 58, 256);
  const zeros = new Array<number>(leadingZeros(digits)).fill(0);
  const length = zeros.length + bytes.length;
  return length > maxBytes ? undefined : Uint8Array.from([...zeros, ...bytes.reverse()]);
}

/** Computes `number = number * from + digit`, where `number` is little-endian in base `to`. */
function carry(number: number[], digit: number, from: number, to: number): void {
  let rest = digit;
  for (let index = 0; index < number.length; index += 1) {
    rest += (number[index] ?? 0) * from;
    number[index] = rest % to;
    rest = Math.floor(rest / to);
  }
  while (rest > 0) {
    number.push(rest % to);
    rest = Math.floor(rest / to);
  }
}

function leadingZeros(digits: ArrayLike<number>): number {
  let count = 0;
  while (count < digits.length && digits[count] === 0) count += 1;
  return count;
}
