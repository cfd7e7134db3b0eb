import type { Pattern } from "../protocol.ts";

export const PATTERNS: Readonly<Record<Pattern, { sign: string; text: string }>> = {
  unary: { sign: "→", text: "unary" },
  server_stream: { sign: "⇉", text: "server stream" },
  client_stream: { sign: "⇇", text: "client stream" },
  bidi_stream: { sign: "⇄", text: "bidirectional stream" },
};

/** The sign of a pattern in a list. */
export function PatternMark({ pattern }: { pattern: Pattern }) {
  return (
    <span class={`mark ${pattern}`} title={PATTERNS[pattern].text} aria-hidden="true">
      {PATTERNS[pattern].sign}
    </span>
  );
}
