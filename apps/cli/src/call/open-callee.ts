import type { ContractManifest } from "@aster/contract/model";
import { type AsterClient, RpcError, StatusCode } from "@aster/rpc";
import type { CommandContext } from "../command/context.ts";
import { ExitCode, Failure, usageFailure } from "../command/failure.ts";
import { contractsOf } from "../contract/source.ts";
import { unknownName } from "./call-failure.ts";
import { type Callee, type CallMode, typedCallee, untypedCallee } from "./callee.ts";

export interface CalleeChoice {
  readonly service: string;
  /** Opens a session. */
  readonly session: boolean;
  readonly mode: CallMode | undefined;
  /** The source of the contract. Default: the peer. */
  readonly contract: string | undefined;
}

/** Opens a service of a peer, or a session with it. The caller disposes of it. */
export async function openCallee(
  context: CommandContext,
  client: AsterClient,
  choice: CalleeChoice,
): Promise<Callee> {
  const { service, session, mode } = choice;
  const offered = client.services.filter(({ name }) => name === service);
  const [offer] = offered;
  if (offer === undefined) {
    throw unknownName(
      "service",
      service,
      client.services.map(({ name }) => name),
    );
  }
  checkScope(service, offer.scoped === "session", session);
  const manifest = await manifestFor(context, client, choice);
  if (manifest !== undefined) {
    return await typedCallee(client, manifest, mode ?? "json");
  }
  if (mode === undefined || mode === "json") return await untypedCallee(client, service, session);
  throw usageFailure(
    `the peer does not describe ${service}, so that it can be called in mode json only`,
    "leave --mode out, or name its contract with --contract",
    "serialization.mismatch",
  );
}

function checkScope(service: string, scoped: boolean, session: boolean): void {
  if (scoped === session) return;
  throw wrongScope(
    service,
    scoped,
    scoped
      ? `open a session with: aster call ADDRESS ${service} --session`
      : `call a method with: aster call ADDRESS ${service}.METHOD`,
  );
}

/** The failure of a call outside of a session, or of a session with a shared service. */
export function wrongScope(service: string, scoped: boolean, hint: string): Failure {
  return new Failure(ExitCode.FAILED, {
    code: StatusCode.FAILED_PRECONDITION,
    status: "FAILED_PRECONDITION",
    reason: "",
    message: `${service} is a ${scoped ? "session-scoped" : "shared"} service`,
    hint,
  });
}

/** The contract of a service; `undefined` for a peer that does not describe it. */
export async function manifestFor(
  context: CommandContext,
  client: AsterClient,
  { service, contract }: Pick<CalleeChoice, "service" | "contract">,
): Promise<ContractManifest | undefined> {
  if (contract !== undefined) {
    const found = await contractsOf(context, contract);
    const named = found.find(({ manifest }) => manifest.service === service);
    if (named !== undefined) return named.manifest;
    throw usageFailure(`${contract} has no service ${service}`, "name another source");
  }
  try {
    return await client.manifest(service);
  } catch (error) {
    if (error instanceof RpcError && error.code === StatusCode.UNIMPLEMENTED) return undefined;
    throw error;
  }
}
