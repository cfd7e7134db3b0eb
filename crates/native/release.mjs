// Prepares a release of this package; `prepublishOnly` runs it. Needs the binary of every target in
// artifacts/. Makes a platform package of each in npm/, and lists these packages as optional
// dependencies in package.json, a change that is not committed. With --publish it also publishes
// the platform packages, which has to happen before the package itself is published.
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const napi = (...args) => execFileSync("napi", args, { stdio: "inherit" });
const publish = process.argv.includes("--publish");

/** Adds the licenses of the binary to its platform package. */
function addLicenses(folder) {
  const notice = "THIRD-PARTY-NOTICES.txt";
  copyFileSync(notice, join(folder, notice));
  copyFileSync(join("..", "..", "LICENSE"), join(folder, "LICENSE"));
  const file = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  manifest.files.push(notice);
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

napi("create-npm-dirs");
for (const platform of readdirSync("npm")) addLicenses(join("npm", platform));
napi("artifacts");
const options = ["--tag-style", "npm", "--no-gh-release"];
napi("pre-publish", ...options, ...(publish ? [] : ["--skip-optional-publish"]));

// binaries beside package.json would become part of the package
for (const file of readdirSync(".")) if (file.endsWith(".node")) rmSync(file);
