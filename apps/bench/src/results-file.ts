import { readFile, writeFile } from "node:fs/promises";

const file = new URL("../RESULTS.md", import.meta.url);

/** Replaces the section with the heading `title`, or appends it. Other sections stay unchanged. */
export function withSection(text: string, title: string, body: string): string {
  const [intro = "", ...sections] = text.trimEnd().split(/^(?=## )/m);
  const heading = `## ${title}\n`;
  const section = `${heading}\n${body.trimEnd()}\n`;
  const at = sections.findIndex((other) => other.startsWith(heading));
  const kept = sections.map((other, index) => (index === at ? section : `${other.trimEnd()}\n`));
  if (at < 0) kept.push(section);
  return [`${intro.trimEnd()}\n`, ...kept].join("\n");
}

/** Writes one section of RESULTS.md. */
export async function writeSection(title: string, body: string): Promise<void> {
  await writeFile(file, withSection(await readFile(file, "utf8"), title, body));
}
