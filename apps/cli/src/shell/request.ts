import { looseValue, valueOfText } from "../call/field-text.ts";
import type { RequestForm } from "../call/request-form.ts";
import { usageFailure } from "../command/failure.ts";
import { parseJson } from "../files/read-file.ts";
import type { Word } from "./words.ts";

type Fields = Record<string, unknown>;

/**
 * Makes a request of the words behind a method: one JSON value, `field=value` with dots for fields
 * inside fields, or the value of the only field. A list takes a word for each element. Without a
 * form, values are read as JSON where they are JSON. Throws a failure for words that do not fit.
 */
export function requestOf(words: readonly Word[], form: RequestForm | undefined): unknown {
  const [first, ...more] = words;
  if (first === undefined) return {};
  if (more.length === 0 && !first.quoted && /^[{[]/.test(first.text)) {
    return parseJson(first.text, "the request");
  }
  const request: Fields = {};
  if (more.length === 0 && !isPair(first)) {
    setAt(request, [onlyField(first, form)], first, form);
    return request;
  }
  for (const word of words) {
    if (!isPair(word)) throw notAPair(word);
    const at = word.text.indexOf("=");
    const value = { text: word.text.slice(at + 1), quoted: word.quoted };
    setAt(request, word.text.slice(0, at).split("."), value, form);
  }
  return request;
}

const isPair = ({ text }: Word): boolean => /^[^=\s{["']+=/.test(text);

function notAPair({ text }: Word): Error {
  const problem = `${JSON.stringify(text)} is not field=value`;
  return usageFailure(problem, "write field=value, or one JSON object", "request.invalid");
}

function onlyField(word: Word, form: RequestForm | undefined): string {
  const fields = form?.fields ?? [];
  const required = fields.filter((field) => field.required);
  const [only, ...others] = required.length === 1 ? required : fields;
  if (only !== undefined && others.length === 0) return only.name;
  throw notAPair(word);
}

function setAt(
  request: Fields,
  path: readonly string[],
  { text, quoted }: Word,
  form: RequestForm | undefined,
): void {
  const name = path.join(".");
  const last = path.at(-1) ?? "";
  let fields = request;
  for (const part of path.slice(0, -1)) {
    const inner = own(fields, part) ?? {};
    if (typeof inner !== "object" || inner === null) throw twice(name);
    define(fields, part, inner);
    fields = inner as Fields;
  }
  const present = own(fields, last);
  const type = form?.shapeAt(path)?.type;
  if ((type?.kind === "list" || type?.kind === "set") && !text.startsWith("[")) {
    const element = valueOfText(name, type.element, text);
    define(fields, last, [...((present ?? []) as unknown[]), element]);
    return;
  }
  if (present !== undefined) throw twice(name);
  const shape = form?.shapeAt(path);
  if (shape !== undefined) define(fields, last, valueOfText(name, shape, text));
  // an unknown field is refused with the others, when the request is read
  else define(fields, last, quoted ? text : looseValue(text));
}

const own = (fields: Fields, name: string): unknown =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

/** Sets a field of any name, `__proto__` included. */
function define(fields: Fields, name: string, value: unknown): void {
  Object.defineProperty(fields, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function twice(name: string): Error {
  return usageFailure(`the field ${name} is given twice`, "give it once", "request.invalid");
}
