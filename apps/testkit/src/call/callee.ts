import { contractIdOf, type ServiceDefinition } from "@aster/contract";
import { type AsterClient, RpcError, StatusCode } from "@aster/rpc";
import type { ServiceClientOptions } from "@aster/rpc/client";
import { Counter } from "../services/counter.ts";
import { Testkit } from "../services/testkit.ts";
import type { CallOptions } from "./call-options.ts";

const definitions: readonly ServiceDefinition[] = [Testkit, Counter];

/** The methods of a service or of a session, on which calls are made. */
export interface Callee extends AsyncDisposable {
  readonly methods: Readonly<Record<string, unknown>>;
}

/** Returns the definition of the service that a command names, if the testkit has one. */
export function definitionFor({ service }: CallOptions): ServiceDefinition | undefined {
  return definitions.find(({ name }) => name === service);
}

/**
 * Throws FAILED_PRECONDITION, with both contract ids in the details, if the peer offers the service
 * with another contract. A service that the peer does not offer passes, so that the call reports
 * it.
 */
export function checkContract({ services }: AsterClient, definition: ServiceDefinition): void {
  const { name, version } = definition;
  const offer = services.find((one) => one.name === name && one.version === version);
  const ours = contractIdOf(definition);
  if (offer === undefined || offer.contractId === ours) return;
  throw new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `the peer has another contract of ${name} v${version}; leave --check-contract out to call it anyway`,
    { details: { reason: "contract.mismatch", ours, theirs: offer.contractId } },
  );
}

/**
 * Returns the typed client of a service, or a session with it. It does not check the contract, so
 * that it can call services of the same name with other methods or modes.
 */
export async function typedCallee(
  client: AsterClient,
  definition: ServiceDefinition,
  mode: CallOptions["mode"],
): Promise<Callee> {
  const options = { ...formOf(mode), checkContract: false as const };
  return definition.scoped === "session"
    ? sessionCallee(await client.session(definition, options))
    : sharedCallee(client.client(definition, options));
}

/** Returns a client without definition, which sends JSON with wire names, or such a session. */
export async function untypedCallee(
  client: AsterClient,
  service: string,
  session: boolean,
): Promise<Callee> {
  return session
    ? sessionCallee(await client.session(service))
    : sharedCallee(client.proxy(service));
}

function sharedCallee(methods: object): Callee {
  return { methods: methods as Callee["methods"], [Symbol.asyncDispose]: async () => {} };
}

function sessionCallee(session: AsyncDisposable): Callee {
  return {
    methods: session as unknown as Callee["methods"],
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

function formOf(mode: CallOptions["mode"]): ServiceClientOptions {
  if (mode === "xlang") return { serialization: "xlang", profile: "A" };
  if (mode === "xlang1") return { serialization: "xlang", profile: "B" };
  return mode === undefined ? {} : { serialization: mode };
}
