import type { CommandContext } from "../command/context.ts";
import { usageFailure } from "../command/failure.ts";
import type { OperatorConfig, Profile } from "./operator-config.ts";

const NAME = /^[\w-]{1,64}$/;

/** Returns a name for a new profile. Throws a failure for one that the keyring or TOML refuses. */
export function newProfileName(name: string): string {
  if (NAME.test(name)) return name;
  throw usageFailure(
    `the profile name "${name}" is not one of letters, digits, dashes and underscores`,
    "choose another name",
  );
}

/** The name that the option, `ASTER_PROFILE` or the configuration chooses. */
export function chosenProfile(
  { host }: CommandContext,
  config: OperatorConfig,
  option: string | undefined,
): string {
  return option ?? (host.env.ASTER_PROFILE || config.active_profile);
}

/** Returns a profile that exists. */
export function profileOf(config: OperatorConfig, name: string): Profile {
  const profile = Object.hasOwn(config.profiles, name) ? config.profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const names = Object.keys(config.profiles).join(", ");
  throw usageFailure(
    `there is no profile "${name}"`,
    names === "" ? `make it with: aster profile create ${name}` : `choose one of: ${names}`,
    "profile.missing",
  );
}
