const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const DIGITS = new Map<string, number>(Array.from(ALPHABET, (char, digit) => [char, digit]));

/** Bitcoin's base58, without a checksum. The work grows with the square of the length: for short keys and tickets only. */
export function encodeBase58(bytes: Uint8Array): string {
  const digits: number[] = [];
  for (const byte of bytes) carry(digits, byte, 256, 58);
  let text = "1".repeat(leading(bytes, 0));
  for (const digit of digits.toReversed()) text += ALPHABET.charAt(digit);
  return text;
}

/**
 * The bytes of a base58 text, or `undefined` when it has other characters or holds more than `maxBytes`.
 * A text too long for `maxBytes` costs nothing.
 */
export function decodeBase58(text: string, maxBytes: number): Uint8Array | undefined {
  // 1.37 > log(256) / log(58): more characters than this cannot fit
  if (text.length > Math.ceil(maxBytes * 1.37)) return undefined;
  const digits: number[] = [];
  for (const char of text) {
    const digit = DIGITS.get(char);
    if (digit === undefined) return undefined;
    digits.push(digit);
  }
  const bytes: number[] = [];
  for (const digit of digits) carry(bytes, digit, 58, 256);
  const zeros = new Array<number>(leading(digits, 0)).fill(0);
  const length = zeros.length + bytes.length;
  return length > maxBytes ? undefined : Uint8Array.from([...zeros, ...bytes.reverse()]);
}

/** `number = number * from + digit`, where `number` is little-endian in base `to`. */
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

function leading(digits: ArrayLike<number>, value: number): number {
  let count = 0;
  while (count < digits.length && digits[count] === value) count += 1;
  return count;
}
