// Import cycles between the modules of one package. Type-only imports do not exist at run time and
// are ignored.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** Returns one message for each group of modules below `folder` that import each other by value. */
export function importCycles(folder, name = folder) {
  const files = readdirSync(folder, { recursive: true })
    .filter((path) => /\.m?ts$/.test(path) && !/\.d\.m?ts$/.test(path))
    .map((path) => join(folder, path));
  const imports = new Map(files.map((file) => [file, valueImports(file)]));
  return groups(imports).map(
    (group) => `import cycle in ${name}: ${group.map((file) => relative(folder, file)).join(", ")}`,
  );
}

/** The modules of the same package that `file` loads when it is evaluated. */
function valueImports(file) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const targets = [];
  for (const statement of source.statements) {
    const specifier = statement.moduleSpecifier?.text;
    if (specifier?.startsWith(".") && loads(statement)) {
      targets.push(join(dirname(file), specifier));
    }
  }
  return targets.filter((target) => existsSync(target));
}

function loads(statement) {
  if (ts.isExportDeclaration(statement)) return !statement.isTypeOnly && named(statement);
  const clause = statement.importClause;
  if (clause === undefined) return true; // import "./effects.ts"
  if (clause.isTypeOnly) return false;
  return clause.name !== undefined || named({ exportClause: clause.namedBindings });
}

/** Tells `{ type A }` alone from lists that name a value, and from `*`. */
function named({ exportClause }) {
  const elements = exportClause?.elements;
  return elements === undefined || elements.some((element) => !element.isTypeOnly);
}

/** The strongly connected components with more than one member (Tarjan). */
function groups(edges) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const found = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) found.push(group.sort());
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
}
