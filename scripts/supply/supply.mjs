// The checks of the supply chain in npm test. Each returns breaches, or the reason why it could not
// be made on this machine.
import { crateAdvisories, npmAdvisories } from "./advisories.mjs";
import { cargoDeny, NO_CARGO_DENY, runCargoDeny } from "./cargo-deny.mjs";
import { crateBreaches, linkedCrates } from "./crates.mjs";
import { lockfileBreaches } from "./lockfiles.mjs";
import { noticeBreaches } from "./notice.mjs";
import { allNpmLicenseBreaches } from "./npm-licenses.mjs";

let crates;

/** Checks the linked crates. Their sources are downloaded, which needs a network the first time. */
function withCrates(check) {
  try {
    crates ??= linkedCrates();
  } catch (error) {
    if (process.env.CI) return { breaches: [error.message] };
    return { untested: error.message };
  }
  return { breaches: check(crates) };
}

export const lockfiles = () => ({ breaches: lockfileBreaches() });
export const npmLicenses = (env) => ({ breaches: allNpmLicenseBreaches(env) });
export const crateRules = () => withCrates(crateBreaches);
export const notice = () => withCrates(noticeBreaches);
export const npmVulnerabilities = (env) => npmAdvisories(env);
export const crateVulnerabilities = () => crateAdvisories(cargoDeny());

export function cargoDenyRules() {
  const command = cargoDeny();
  if (command === undefined) return { untested: NO_CARGO_DENY };
  const { ok, report } = runCargoDeny(command, ["bans", "licenses", "sources"]);
  return { breaches: ok ? [] : [report] };
}
