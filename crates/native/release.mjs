// Prepares a release of this package; `prepublishOnly` runs it. Needs the binary of every target in
// artifacts/. Makes a platform package of each in npm/, and lists these packages as optional
// dependencies in package.json, a change that is not committed. With --publish it also publishes
// the platform packages, which has to happen before the package itself is published.
import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";

const napi = (...args) => execFileSync("napi", args, { stdio: "inherit" });
const publish = process.argv.includes("--publish");

napi("create-npm-dirs");
napi("artifacts");
const options = ["--tag-style", "npm", "--no-gh-release"];
napi("pre-publish", ...options, ...(publish ? [] : ["--skip-optional-publish"]));

// binaries beside package.json would become part of the package
for (const file of readdirSync(".")) if (file.endsWith(".node")) rmSync(file);
