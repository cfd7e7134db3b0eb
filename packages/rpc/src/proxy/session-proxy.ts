import type { ContractManifest } from "@aster/contract/model";
import type { Connection } from "@aster/transport";
import type { ClientMethodOptions } from "../client/call.ts";
import type { CallTarget, Renewal } from "../client/call-target.ts";
import { CANCEL_TIMEOUT_MS } from "../defaults.ts";
import type { RpcLimits } from "../limits.ts";
import { checkPositive } from "../option-check.ts";
import { ClientSession } from "../session/client-session.ts";
import { controlOf, type OpenedSession, type SessionControl } from "../session/session.ts";
import { createManifestProxy, type ManifestProxy } from "./manifest-proxy.ts";
import { createServiceProxy, type ServiceProxy } from "./service-proxy.ts";

/**
 * A {@link Session} without a definition, in JSON. Methods called `close` and `closed` are
 * found with `proxyMethod`.
 */
export type SessionProxy = ServiceProxy & SessionControl;

/** A {@link SessionProxy} whose methods a manifest describes. */
export type ManifestSessionProxy = ManifestProxy & SessionControl;

export interface SessionProxyParts extends ClientMethodOptions {
  readonly connection: Connection & Renewal;
  readonly limits: RpcLimits;
  readonly cancelTimeoutMs: number | undefined;
}

/**
 * Opens a session without a definition: methods and fields are named as on the wire, and messages
 * travel as JSON.
 */
export function openSessionProxy(
  service: string,
  version: number,
  parts: SessionProxyParts,
): OpenedSession<SessionProxy> {
  return open(service, version, parts, (target, control) =>
    createServiceProxy(target, service, version, parts, control),
  );
}

/** As {@link openSessionProxy}, with patterns and fields from a manifest. */
export function openManifestSession(
  manifest: ContractManifest,
  parts: SessionProxyParts,
): OpenedSession<ManifestSessionProxy> {
  return open(manifest.service, manifest.version, parts, (target, control) =>
    createManifestProxy(target, manifest, parts, control),
  );
}

function open<Methods extends object>(
  service: string,
  version: number,
  { connection, limits, cancelTimeoutMs = CANCEL_TIMEOUT_MS }: SessionProxyParts,
  methodsOn: (target: CallTarget, control: SessionControl) => Methods,
): OpenedSession<Methods & SessionControl> {
  checkPositive("cancelTimeoutMs", cancelTimeoutMs);
  const opened = new ClientSession(connection, {
    service,
    version,
    mode: "json",
    form: "json",
    limits,
    cancelTimeoutMs,
  });
  const target = { connection: opened, limits, held: opened.held };
  const session = methodsOn(target, controlOf(opened));
  return { session: session as Methods & SessionControl, opened };
}
