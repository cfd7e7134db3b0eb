/** An exact decimal number without trailing zeros: `unscaled` / 10^`scale`. */
export interface Amount {
  readonly unscaled: bigint;
  /** Not negative. */
  readonly scale: number;
}

/** Maximum number of digits that are converted: bigint arithmetic takes more than linear time. */
const maxDigits = 256;
/** The text of `maxDigits` digits with sign, point and exponent. */
const maxText = 320;
const literal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE]-?(?:0|[1-9]\d*))?$/;

/**
 * Returns the amount of a numeric literal as in JSON; undefined for other text and too many digits.
 */
export function amountOfText(text: string): Amount | undefined {
  if (text.length > maxText || !literal.test(text)) return undefined;
  const [digits = "", exponent = "0"] = text.split(/[eE]/);
  if (exponent.length > 4 || Math.abs(Number(exponent)) > maxDigits) return undefined;
  const [whole = "", fraction = ""] = digits.split(".");
  return canonical(BigInt(whole + fraction), fraction.length - Number(exponent));
}

/** Returns the exact value of a float; undefined for infinities and too many digits. */
export function amountOfNumber(value: number): Amount | undefined {
  if (!Number.isFinite(value)) return undefined;
  let mantissa = value;
  let halvings = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    halvings++;
  }
  // a half is five tenths
  return canonical(BigInt(mantissa) * 5n ** BigInt(halvings), halvings);
}

function canonical(unscaled: bigint, scale: number): Amount | undefined {
  if (unscaled === 0n) return { unscaled, scale: 0 };
  let rest = unscaled;
  let left = scale;
  while (left > 0 && rest % 10n === 0n) {
    rest /= 10n;
    left--;
  }
  if (left < 0) {
    if (-left > maxDigits) return undefined;
    rest *= 10n ** BigInt(-left);
    left = 0;
  }
  const size = rest < 0n ? -rest : rest;
  return left > maxDigits || size >= 10n ** BigInt(maxDigits)
    ? undefined
    : { unscaled: rest, scale: left };
}

/** Returns the digits, with a decimal point if there is a fraction, without an exponent. */
export function plainText({ unscaled, scale }: Amount): string {
  const sign = unscaled < 0n ? "-" : "";
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return sign + digits.slice(0, point) + (scale > 0 ? `.${digits.slice(point)}` : "");
}

/** Returns a float as text, with all its digits and at least one behind the point. */
export function numberText(value: number): string | undefined {
  if (Object.is(value, -0)) return "-0.0";
  const amount = amountOfNumber(value);
  if (!amount) return undefined;
  return amount.scale === 0 ? `${plainText(amount)}.0` : plainText(amount);
}
