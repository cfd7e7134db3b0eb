import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { usageFailure } from "../command/failure.ts";

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** In the packed package the page is beside the program; the workspace builds it elsewhere. */
const FOLDERS = ["console/", "../../../console/dist/"];

/** Reads the files of the page, by their paths on the server. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const folder = FOLDERS.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) =>
    existsSync(join(path, "index.html")),
  );
  if (folder === undefined) {
    throw usageFailure(
      "the page of the console is not built",
      "build it with: pnpm --filter @aster/console build",
      "file.missing",
    );
  }
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => extname(name) in TYPES);
  const read = files.map(async (name): Promise<[string, PageFile]> => {
    const type = TYPES[extname(name)] ?? "";
    return [`/${name.replaceAll("\\", "/")}`, { type, bytes: await readFile(join(folder, name)) }];
  });
  return new Map(await Promise.all(read));
}
