import { type EndpointAddress, parseAddress } from "@aster/transport";
import type { AsterClientOptions } from "../client-options.ts";
import { RpcError } from "../error.ts";
import { withoutUndefined } from "../option-check.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { configOf } from "./config-choice.ts";
import { logOf } from "./log-setting.ts";
import { nodeSettings } from "./node-settings.ts";

/** The address that a client dials, and its options. */
export interface ClientSettings {
  readonly target: EndpointAddress;
  readonly options: AsterClientOptions;
}

/**
 * Lays the options of a client over its configuration and its identity file. Throws
 * INVALID_ARGUMENT for a bad value in them, and when neither has an address.
 */
export function clientSettings(
  address: EndpointAddress | string | undefined,
  options: AsterClientOptions,
): ClientSettings {
  const config = configOf(options);
  const given = address === undefined ? config.get("endpointAddr") : address;
  if (given === undefined) throw noAddress();
  return {
    target: parseAddress(given),
    options: {
      ...options,
      ...withoutUndefined({
        ...nodeSettings(options, config),
        log: logOf(options.log, config),
        iidToken: options.iidToken ?? config.get("enrollmentCredentialIid"),
      }),
    },
  };
}

function noAddress(): RpcError {
  return new RpcError(
    StatusCode.INVALID_ARGUMENT,
    "cannot read this address: it is undefined, and ASTER_ENDPOINT_ADDR is not set; give an aster1… ticket, a base64 node address or an endpoint id",
    { details: { reason: RpcReason.TRANSPORT_ADDRESS } },
  );
}
