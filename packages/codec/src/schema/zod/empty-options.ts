import type { $ZodTypes } from "zod/v4/core";
import { isEmpty, isEmptyKind } from "./literal-type.ts";
import { ownType } from "./own-type.ts";

/** The options of a union that stand for null or undefined alone, and the others. */
export interface EmptyOptions {
  readonly null: boolean;
  readonly undefined: boolean;
  readonly others: readonly unknown[];
}

/** Takes null and undefined out of the options of a union; undefined if it has neither. */
export function emptyOptions(zod: $ZodTypes): EmptyOptions | undefined {
  const { def } = zod._zod;
  if (def.type !== "union" || ownType(zod)) return undefined;
  const options = def.options as readonly $ZodTypes[];
  const others = options.filter((option) => !isEmpty(option));
  if (others.length === options.length) return undefined;
  return {
    null: options.some((option) => isEmptyKind(option, null)),
    undefined: options.some((option) => isEmptyKind(option, undefined)),
    others,
  };
}
