import type { CalleeMethod } from "./callee.ts";
import { valueOfText } from "./field-text.ts";

/** Asks for a value until `check` returns no problem. */
export type Ask = (
  question: string,
  check: (text: string) => string | undefined,
) => Promise<string>;

/** Asks for the required fields that a request does not have. */
export async function completed(
  { form }: CalleeMethod,
  request: unknown,
  ask: Ask,
): Promise<unknown> {
  const missing = form?.missing(request) ?? [];
  if (missing.length === 0) return request;
  const fields: Record<string, unknown> = { ...(request as object) };
  for (const field of missing) {
    const check = (text: string): string | undefined => {
      try {
        valueOfText(field.name, field, text);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    };
    const text = await ask(`${field.name} (${field.typeText})`, check);
    fields[field.name] = valueOfText(field.name, field, text);
  }
  return fields;
}
