// The part of the language rules (CONTRIBUTING.md, "Language") that a program can check, for sources, docs and error texts.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./toolchain.mjs";

const COLUMNS = 100;

/** Phrases that a plain sentence does without, each with its replacement. */
const phrases = [
  [/\bthe wheel\b/i, 'write "the Python package" or `aster-rpc`'],
  [
    /(?<!\b[Tt]here )\b(?:is|are|was|were) no (?!longer\b|more\b|later\b|less\b|such\b)[a-z]/,
    'write "is not a …"',
  ],
  [/\b(?:for|by|to|of|from) who(?:ever)?\b/, 'write "for callers that …"'],
  [/\bwhoever\b/i, "name the role: the caller, the server, the client"],
  [/\b(?:nobody|somebody|everybody)\b/i, "name the role: the caller, the server, the client"],
  [/\bsays? aloud\b/, 'write "warns" or "logs"'],
  [/\b(?:is|are|was|were|be|being|been) told\b/, 'write "receives" or name the callback'],
  [/\bhears? (?:of|about)\b/, 'write "learns of" or "receives"'],
  [/\bfarewell\b/i, 'write "close handshake"'],
  [/\bpok(?:e|es|ed|ing)\b/i, 'write "probe"'],
  [/\bin earnest\b/, 'write "in real time" or leave it out'],
];

/** Words that turn the first sentence of a doc comment into half a question. */
const opening = /^(?:What|Who|Whose|Whether|Where|When|How|Why|For who|That which)\b/;

const kinds = {
  ts: { line: /^\s*(?:\/\/|\/\*|\*)/, doc: /^\s*\/\*\*\s*(.*)$/, more: /^\s*\*\s?(.*)$/ },
  rs: { line: /^\s*\/\//, doc: /^\s*\/\/[/!]\s?(.*)$/ },
  py: { line: /^\s*#/, doc: /^\s*"""(.*)$/ },
};
kinds.mjs = kinds.ts;
kinds.js = kinds.ts;

/** Returns the first sentences of doc comments, with their line numbers. */
function docOpenings(lines, kind) {
  const openings = [];
  lines.forEach((line, at) => {
    const text = kind.doc.exec(line)?.[1];
    if (text === undefined) return;
    const inBlock = kind.more === undefined && at > 0 && kind.doc.test(lines[at - 1]);
    if (inBlock) return;
    const next = kind.more?.exec(lines[at + 1] ?? "")?.[1] ?? "";
    openings.push([at + 1, text === "" ? next : text]);
  });
  return openings;
}

/** Returns the breaches in one text; `extension` says how its comments look ("md" has none). */
export function languageBreaches(text, extension) {
  const lines = text.split("\n");
  const breaches = [];
  const kind = kinds[extension];
  lines.forEach((line, at) => {
    if (kind?.line.test(line) && line.length > COLUMNS) {
      breaches.push([at + 1, `comment of ${line.length} columns; break it at ${COLUMNS}`]);
    }
    for (const [phrase, remedy] of phrases) {
      const found = phrase.exec(line)?.[0];
      if (found !== undefined) breaches.push([at + 1, `"${found}"; ${remedy}`]);
    }
  });
  if (kind !== undefined) {
    for (const [at, first] of docOpenings(lines, kind)) {
      const word = opening.exec(first)?.[0];
      if (word === undefined) continue;
      breaches.push([at, `doc comment begins with "${word}"; begin with a noun phrase or a verb`]);
    }
  }
  return breaches.sort(([a], [b]) => a - b);
}

const skipped =
  /^(?:fixtures\/|docs\/api\/|LICENSE|scripts\/language)|_pb\.ts$|codec-static|CHANGELOG/;

/** Lists every breach in the files that git tracks, as `path:line: message`. */
export function allLanguageBreaches() {
  const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n");
  const found = [];
  for (const file of files) {
    const extension = /\.(ts|mjs|js|rs|py|md)$/.exec(file)?.[1];
    if (extension === undefined || skipped.test(file) || !existsSync(join(root, file))) continue;
    const text = readFileSync(join(root, file), "utf8");
    for (const [line, message] of languageBreaches(text, extension)) {
      found.push(`${file}:${line}: ${message}`);
    }
  }
  return found;
}
