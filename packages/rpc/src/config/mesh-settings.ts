import { CredentialError, type EnrollmentCredential } from "@aster/trust";
import { KeyError, readCredential } from "@aster/trust/files";
import { invalidSetting, withoutUndefined } from "../option-check.ts";
import type { ReadMeshOptions, ServerMeshOptions } from "../peer/server-mesh.ts";
import type { AsterConfig } from "./aster-config.ts";
import type { Warn } from "./config-warnings.ts";
import { homePath } from "./home-path.ts";
import type { ChosenIdentity } from "./identity-choice.ts";

const NAMES = ["meshStateDir", "clockDriftToleranceMs", "replayWindowMs", "gracePeriodMs"] as const;

/**
 * The options of the mesh of a server: those that were given, else those of the configuration,
 * whose `enrollment` or `bootstrap` asks for a mesh. `undefined` for no mesh. Rejects with
 * INVALID_ARGUMENT for a file without the credential of a producer.
 */
export async function meshSettings(
  given: ServerMeshOptions | undefined,
  config: AsterConfig,
  identity: ChosenIdentity | undefined,
  warn: Warn,
): Promise<ReadMeshOptions | undefined> {
  const [enrollment, bootstrap] = [config.get("enrollment"), config.get("meshBootstrap")];
  if (given === undefined && enrollment === undefined && bootstrap === undefined) {
    for (const name of NAMES) {
      if (config.get(name) !== undefined) warn(`${config.originOf(name)} has no effect: no mesh`);
    }
    return undefined;
  }
  // the check of the options reports it
  if (given !== undefined && (typeof given !== "object" || given === null)) return given;
  const stateDir = config.get("meshStateDir");
  const configured = {
    bootstrap,
    stateDir: stateDir === undefined ? undefined : homePath(stateDir),
    clockDriftToleranceMs: config.get("clockDriftToleranceMs"),
    replayWindowMs: config.get("replayWindowMs"),
    gracePeriodMs: config.get("gracePeriodMs"),
  };
  const credential =
    given?.credential ??
    enrollment ??
    (identity?.entry?.role === "producer" ? identity.entry.credential : undefined);
  const origin = given?.credential === undefined ? config.originOf("enrollment") : undefined;
  return {
    ...withoutUndefined(configured),
    ...withoutUndefined(given ?? {}),
    credential:
      typeof credential === "string"
        ? await credentialAt(homePath(credential), origin ?? "option mesh.credential")
        : credential,
  };
}

async function credentialAt(path: string, origin: string): Promise<EnrollmentCredential> {
  try {
    const credential = await readCredential(path);
    if (!("type" in credential)) return credential;
  } catch (cause) {
    if (!(cause instanceof CredentialError) && !(cause instanceof KeyError)) throw cause;
    throw invalidSetting("mesh.enrollment", `${origin}: ${cause.message}`, cause);
  }
  const problem = `${origin}: ${path} has a credential of a consumer; a mesh needs one of a producer`;
  throw invalidSetting("mesh.enrollment", problem);
}
