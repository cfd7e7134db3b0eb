import { fileURLToPath } from "node:url";

/** The templates of `aster init`. */
export const TEMPLATES = ["hello", "service", "mesh"] as const;

export type TemplateName = (typeof TEMPLATES)[number];

interface Template {
  /** The packages of Aster that its sources import. */
  readonly packages: readonly string[];
  /** npm scripts besides those of every template. */
  readonly scripts: Readonly<Record<string, string>>;
  /** The scripts that run before the build. */
  readonly first: readonly string[];
}

const CALL = { call: "node src/call.ts" };

export const templates: Readonly<Record<TemplateName, Template>> = {
  hello: { packages: ["@aster/rpc"], scripts: CALL, first: [] },
  service: { packages: ["@aster/rpc"], scripts: {}, first: [] },
  mesh: {
    packages: ["@aster/rpc", "@aster/registry", "@aster/trust"],
    scripts: { ...CALL, keys: "node src/keys.ts" },
    first: ["keys"],
  },
};

/** The folder with the files of the templates: of the sources, or beside `dist`. */
export function templateFolder(): string {
  const parent = import.meta.url.endsWith(".ts") ? "../../templates/" : "../templates/";
  return fileURLToPath(new URL(parent, import.meta.url));
}
