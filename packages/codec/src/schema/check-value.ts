import type { $ZodIssue, $ZodRawIssue } from "zod/v4/core";
import { config, util } from "zod/v4/core";
import type { CodecError } from "../error.ts";
import { checkAmount } from "./check-amount.ts";
import { checkRepeats } from "./check-repeats.ts";
import { adopt } from "./checked-value.ts";
import { keepsReferences } from "./nested-types.ts";
import type { WireTypeInfo } from "./wire-type-info.ts";

/** The result of the checks of a wire type. */
export interface CheckedValue {
  /** The value with the changes of `.trim()`, `.overwrite()` and the like. */
  readonly value: unknown;
  /** The first checks that failed, at most 16. */
  readonly issues: readonly $ZodIssue[];
}

const none: readonly $ZodIssue[] = Object.freeze([]);
/** Texts of issues take longer than the checks. */
const mostIssues = 16;

/**
 * Runs the zod checks of a type on a decoded value. The result is a promise only if a check of the
 * program returned one; it rejects with the error of such a check.
 *
 * The value is not modified. Parts that the checks leave alone stay the same objects, and changed
 * parts keep the classes of their types. Throws {@link CodecError} `limit` for a value that is too
 * large to be checked: one of more than 100 000 values, or with too many references.
 */
export function checkValue(
  info: WireTypeInfo,
  value: unknown,
): CheckedValue | Promise<CheckedValue> {
  if (!info.hasRefinements) return { value, issues: none };
  if (mayRepeat(info)) checkRepeats(value, info.tag);
  checkAmount(value, info.tag);
  // zod is quicker if it need not expect promises; an older copy of the package does not tell
  const context = { async: info.hasCustomChecks !== false };
  const finish = (payload: Payload): CheckedValue => {
    if (payload.issues.length === 0) {
      return { value: adopt(info, value, payload.value), issues: none };
    }
    const first = payload.issues.slice(0, mostIssues);
    return { value, issues: first.map((one) => util.finalizeIssue(one, context, config())) };
  };
  const payload = info.schema._zod.run({ value, issues: [] }, context);
  return payload instanceof Promise ? payload.then(finish) : finish(payload);
}

const repeating = new WeakMap<WireTypeInfo, boolean>();

/** Returns true if objects may repeat in values of a type. */
function mayRepeat(info: WireTypeInfo): boolean {
  let known = repeating.get(info);
  if (known === undefined) {
    known = keepsReferences([info]);
    repeating.set(info, known);
  }
  return known;
}

interface Payload {
  readonly value: unknown;
  readonly issues: $ZodRawIssue[];
}
