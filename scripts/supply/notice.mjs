// The licenses of the crates that are linked into the native module, as one text that is committed
// and packed with the binaries.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../toolchain.mjs";
import { licensesOf } from "./crates.mjs";
import { licenseRules } from "./licenses.mjs";

export const NOTICE = join("crates", "native", "THIRD-PARTY-NOTICES.txt");
const RULE = "-".repeat(80);

/** Phrases by which the text of a license is found among the files of a crate. */
const phrases = {
  MIT: /Permission is hereby granted, free of charge/,
  "BSD-2-Clause": /Redistributions of source code must retain/,
  "BSD-3-Clause": /Redistributions of source code must retain/,
  ISC: /Permission to use, copy, modify, and(?:\/or)? distribute this software/,
  Zlib: /provided 'as-is', without any express or implied/,
  Unlicense: /free and unencumbered software/,
  "Unicode-3.0": /UNICODE LICENSE V3/,
  "CDLA-Permissive-2.0": /Community Data License Agreement/i,
  "MPL-2.0": /Mozilla Public License,? version 2\.0/i,
};

const mit = (authors) => `MIT License

Copyright (c) ${authors.length > 0 ? authors.join(", ") : "the authors"}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;

/** Removes differences that a reader does not see. */
const tidy = (text) =>
  text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/^\n+|\n+$/g, "");

/** Returns the files of a crate that have licenses and notices, as `[name, text]`. */
function legalFiles({ folder, license_file: named }) {
  const inFolder = readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /^(?:licen[cs]e|copying|notice|unlicense)/i.test(entry.name),
    )
    .map(({ name }) => name);
  return [...new Set([...inFolder, ...(named ? [named] : [])])]
    .sort()
    .map((name) => [name, tidy(readFileSync(join(folder, name), "utf8"))]);
}

/** Returns the texts that come with one crate, as `[heading, text]`. Throws when one is missing. */
function textsOf(crate, chosen, apache) {
  const files = legalFiles(crate);
  const notices = files.filter(([name]) => /^notice/i.test(name));
  const texts = notices.map(([, text]) => [`Notice of ${crate.name}`, text]);
  if (chosen.length > 1 && files.length > notices.length) {
    // parts of such a crate have other licenses, and its files say which
    const all = files.filter((file) => !notices.includes(file));
    return [...texts, ...all.map(([name, text]) => [`${crate.name}: ${name}`, text])];
  }
  const id = chosen.join(" AND ");
  if (id === "Apache-2.0") return [...texts, [id, apache]];
  const found = files.filter(([, text]) => phrases[id]?.test(text));
  if (found.length > 0) return [...texts, ...found.map(([, text]) => [id, text])];
  if (id === "MIT") return [...texts, [id, mit(crate.authors)]];
  throw new Error(
    `${crate.name} ${crate.version} has no file with its license ${id}; use another crate`,
  );
}

/** Returns the notice for a list of crates. Throws when a license is not allowed or not found. */
export function noticeOf(crates, rules = licenseRules()) {
  const apache = tidy(readFileSync(join(root, "LICENSE"), "utf8"));
  const sections = new Map();
  const list = [];
  for (const crate of crates) {
    const title = `${crate.name} ${crate.version}`;
    const chosen = licensesOf(crate, rules);
    if (chosen === undefined) throw new Error(`${title} has a license that is not allowed`);
    list.push([title, chosen.join(" AND "), crate.repository ?? ""].join("  ").trimEnd());
    for (const [heading, text] of textsOf(crate, chosen, apache)) {
      const key = `${heading}\n${text}`;
      if (!sections.has(key)) sections.set(key, { heading, text, users: [] });
      sections.get(key).users.push(title);
    }
  }
  const texts = [...sections.values()].sort(
    (a, b) => Number(a.heading > b.heading) || -Number(a.heading < b.heading),
  );
  return `Third-party software in the binaries of @aster/native

The binaries contain these crates, each with the license under which it is used and its source.
They also contain parts of the Rust standard library (https://github.com/rust-lang/rust), used
under Apache-2.0.

${list.join("\n")}

${texts.map(({ heading, text, users }) => `${RULE}\n${heading}\n\nUsed by: ${users.join(", ")}\n\n${text}\n`).join("\n")}`;
}

/** Returns a breach when the committed notice is not the one of the linked crates. */
export function noticeBreaches(crates, committed = readFileSync(join(root, NOTICE), "utf8")) {
  let wanted;
  try {
    wanted = noticeOf(crates);
  } catch (error) {
    return [error.message];
  }
  if (wanted === committed) return [];
  const lines = new Set(committed.split("\n"));
  const first = wanted.split("\n").find((line) => !lines.has(line)) ?? "nothing";
  return [`${NOTICE} is out of date: it lacks "${first}" or has more; run "npm run notice"`];
}
