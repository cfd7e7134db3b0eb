import { parseJson, prettyJson } from "../json/exact-json.ts";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g;
const LONGEST_COLOURED = 100_000;

/** A JSON value with indentation, as text: markup in it has no effect. */
export function JsonText({ value, text }: { value?: unknown; text?: string }) {
  const pretty = text === undefined ? prettyJson(value) : prettyOf(text);
  return (
    <pre class="json">
      <code>{pretty.length > LONGEST_COLOURED ? pretty : coloured(pretty)}</code>
    </pre>
  );
}

function prettyOf(text: string): string {
  try {
    return prettyJson(parseJson(text));
  } catch {
    return text;
  }
}

function coloured(pretty: string) {
  const parts: preact.ComponentChild[] = [];
  let end = 0;
  for (const match of pretty.matchAll(TOKEN)) {
    const [token, string, colon] = match;
    parts.push(pretty.slice(end, match.index));
    const kind = colon !== undefined ? "key" : string !== undefined ? "string" : "other";
    parts.push(<span class={`json-${kind}`}>{string ?? token}</span>, colon ?? "");
    end = match.index + token.length;
  }
  return [...parts, pretty.slice(end)];
}
