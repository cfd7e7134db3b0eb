import type { ContractManifest } from "@aster/contract";
import type { Connection } from "@aster/transport";
import type { ClientMethodOptions } from "../client/call.ts";
import type { RpcLimits } from "../limits.ts";
import { ModeNumber } from "../protocol/mode.ts";
import { ClientSession } from "../session/client-session.ts";
import type { DynamicSession, JsonSession, OpenedSession } from "../session/session.ts";
import { controlOf } from "../session/session-control.ts";
import { DEFAULT_CANCEL_TIMEOUT_MS } from "../session/session-opening.ts";
import { createJsonClient } from "./json-client.ts";
import { createDynamicClient } from "./manifest-client.ts";

export interface JsonSessionOptions extends ClientMethodOptions {
  readonly limits: RpcLimits;
  readonly cancelTimeoutMs: number | undefined;
}

/** Opens a session without a definition: methods and fields are named as on the wire, messages travel as JSON. */
export function openJsonSession(
  connection: Connection,
  service: string,
  version: number,
  options: JsonSessionOptions,
): OpenedSession<JsonSession> {
  const session = open(connection, service, version, options);
  const target = { connection: session, limits: options.limits };
  const methods = createJsonClient(target, service, version, options);
  return { session: withControl(methods, session), opened: session };
}

/** As {@link openJsonSession}, with patterns and fields from a manifest. */
export function openDynamicSession(
  connection: Connection,
  manifest: ContractManifest,
  options: JsonSessionOptions,
): OpenedSession<DynamicSession> {
  const session = open(connection, manifest.service, manifest.version, options);
  const target = { connection: session, limits: options.limits };
  const methods = createDynamicClient(target, manifest, options);
  return { session: withControl(methods, session), opened: session };
}

function open(
  connection: Connection,
  service: string,
  version: number,
  { limits, cancelTimeoutMs = DEFAULT_CANCEL_TIMEOUT_MS }: JsonSessionOptions,
): ClientSession {
  return new ClientSession(connection, {
    service,
    version,
    mode: ModeNumber.json,
    form: "json",
    limits,
    cancelTimeoutMs,
  });
}

function withControl<T extends object>(
  methods: T,
  session: ClientSession,
): T & ReturnType<typeof controlOf> {
  const known: object = Object.assign(Object.create(null), methods, controlOf(session));
  return new Proxy(known as T & ReturnType<typeof controlOf>, {
    get: (_, name) => Reflect.get(Object.hasOwn(known, name) ? known : methods, name),
  });
}
