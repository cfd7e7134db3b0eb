// The licenses of the npm packages, read from node_modules.
import { execFileSync } from "node:child_process";
import { root } from "../toolchain.mjs";
import { chosenLicenses, licenseRules } from "./licenses.mjs";

/** Licenses that are allowed for tools too, which are not part of a published package. */
const ofTools = ["BlueOak-1.0.0", "CC-BY-3.0", "CC0-1.0", "Python-2.0"];

function installed(env, args) {
  const list = execFileSync("pnpm", ["licenses", "list", "--json", ...args], {
    cwd: root,
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  // without packages, pnpm prints a sentence
  return list.startsWith("{") ? Object.values(JSON.parse(list)).flat() : [];
}

/** Returns the breaches in a list of packages as pnpm prints it. */
export function npmLicenseBreaches(packages, allow) {
  return packages
    .filter(({ license }) => chosenLicenses(license, allow) === undefined)
    .map(
      ({ name, versions, license }) =>
        `${name}@${versions.join(", ")} has the license ${license}; use another package, or add the ` +
        "license to deny.toml after you have read it",
    );
}

/** Returns the breaches in the installed packages. */
export function allNpmLicenseBreaches(env) {
  const { allow } = licenseRules();
  const published = installed(env, ["--filter", "./packages/*", "--prod"]);
  const all = installed(env, []);
  if (published.length === 0 || all.length === 0) return ["pnpm lists no installed packages"];
  return [
    ...new Set([
      ...npmLicenseBreaches(published, allow),
      ...npmLicenseBreaches(all, [...allow, ...ofTools]),
    ]),
  ];
}
