import { contractIdOf, type ServiceDefinition } from "@aster/contract";
import { type AsterClient, RpcError, type ServiceClientOptions, StatusCode } from "@aster/rpc";
import type { CallOptions } from "./call-options.ts";
import { Counter } from "./counter.ts";
import { Testkit } from "./service.ts";

const definitions: readonly ServiceDefinition[] = [Testkit, Counter];

/** What calls are made on: the methods of a service, or of a session with it. */
export interface Callee extends AsyncDisposable {
  readonly methods: Readonly<Record<string, unknown>>;
}

/** The definition of the service that a command names, if it is one of ours. */
export function definitionFor({ service }: CallOptions): ServiceDefinition | undefined {
  return definitions.find(({ name }) => name === service);
}

/**
 * Throws FAILED_PRECONDITION, with both ids in its details, where the peer offers the service under another contract. Where it
 * does not offer it at all, the call tells.
 */
export function checkContract({ services }: AsterClient, definition: ServiceDefinition): void {
  const { name, version } = definition;
  const offer = services.find((one) => one.name === name && one.version === version);
  const ours = contractIdOf(definition);
  if (offer === undefined || offer.contractId === ours) return;
  throw new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `the peer's contract of ${name} v${version} is not ours; call it without --check-contract all the same`,
    { details: { reason: "contract.mismatch", ours, theirs: offer.contractId } },
  );
}

/**
 * The typed client of a service, or a session with it. Whose service it is does not matter here: one with other methods or modes
 * has another contract, and is called all the same.
 */
export async function typedCallee(
  client: AsterClient,
  definition: ServiceDefinition,
  mode: CallOptions["mode"],
): Promise<Callee> {
  const options = { ...writing(mode), checkContract: false };
  return definition.scoped === "session"
    ? sessionCallee(await client.session(definition, options))
    : sharedCallee(client.client(definition, options));
}

/** A service as JSON, by the names of the wire; `session` says whether one is opened with it. */
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

function writing(mode: CallOptions["mode"]): ServiceClientOptions {
  if (mode === "xlang") return { serialization: "xlang", profile: "A" };
  if (mode === "xlang1") return { serialization: "xlang", profile: "B" };
  return mode === undefined ? {} : { serialization: mode };
}
