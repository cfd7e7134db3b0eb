import { $ZodAsyncError, safeParse } from "zod/v4/core";
import { asFailure, Failure, fail, kindOf } from "../failure.ts";
import { adoptPart } from "./checked-value.ts";
import type { ExtType } from "./field-type.ts";

/** Returns the wire form of an instance. Throws a `value` failure for anything else. */
export function extForm(type: ExtType, value: unknown): unknown {
  if (value instanceof type.class) return type.encode(value as never);
  throw fail("value", `expected a ${type.class.name} (${type.named.tag}), got ${kindOf(value)}`);
}

/** Returns the instance for a wire form. If the program's function throws, the data is bad. */
export function extValue(type: ExtType, form: unknown): unknown {
  const checked = type.refined ? checkedForm(type, form) : form;
  try {
    return type.decode(checked as never);
  } catch (reason) {
    const { code, text } = asFailure(reason);
    if (code !== "value") throw reason;
    throw new Failure("data", `${type.named.tag}: ${text}`, { cause: reason });
  }
}

/** Runs the zod checks of a form, whose results `decode` receives. */
function checkedForm({ formSchema, form: { type }, named }: ExtType, form: unknown): unknown {
  try {
    const { data, error } = safeParse(formSchema, form);
    const [issue] = error?.issues ?? [];
    if (issue === undefined) return adoptPart(type, form, data);
    const path = issue.path.map((step) => `.${String(step)}`).join("");
    throw fail("data", `${named.tag}${path}: ${issue.message}`);
  } catch (reason) {
    if (!(reason instanceof $ZodAsyncError)) throw reason;
    throw fail("data", `${named.tag}: a check of the form returned a promise: check in decode()`);
  }
}
