// The licenses that dependencies may have: the list and its exceptions in deny.toml, which
// cargo-deny reads too.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseToml } from "smol-toml";
import parseExpression from "spdx-expression-parse";
import { root } from "../toolchain.mjs";

/** Reads deny.toml: the allowed licenses in their order, and those of single crates. */
export function licenseRules() {
  const { licenses } = parseToml(readFileSync(join(root, "deny.toml"), "utf8"));
  const exceptions = licenses.exceptions.map(({ crate, allow }) => [crate, allow]);
  return { allow: licenses.allow, exceptions: new Map(exceptions) };
}

/**
 * Returns the licenses of an SPDX expression under which a package can be used, with their place in
 * `allow`: all of an AND, the first allowed one of an OR. Returns `undefined` when none is allowed.
 */
function choose(node, allow) {
  if (node.license !== undefined) {
    const id = node.exception ? `${node.license} WITH ${node.exception}` : node.license;
    const at = allow.indexOf(id);
    return at < 0 ? undefined : { ids: [id], at };
  }
  const [left, right] = [choose(node.left, allow), choose(node.right, allow)];
  if (node.conjunction === "and") {
    if (left === undefined || right === undefined) return undefined;
    return { ids: [...left.ids, ...right.ids], at: Math.max(left.at, right.at) };
  }
  if (left === undefined || right === undefined) return left ?? right;
  return right.at < left.at ? right : left;
}

/** Returns the licenses to use of an SPDX expression, or `undefined` when they are not allowed. */
export function chosenLicenses(expression, allow) {
  let tree;
  try {
    // older crates separate alternatives by a slash
    tree = parseExpression((expression ?? "").replaceAll("/", " OR "));
  } catch {
    return undefined;
  }
  return choose(tree, allow)?.ids;
}
