import { type EndpointAddress, endpointIdOf, parseAddress } from "@aster/transport";
import { formatCredential } from "@aster/trust";
import type { AsterClientOptions } from "../client-options.ts";
import { RpcError } from "../error.ts";
import { withoutUndefined } from "../option-check.ts";
import { isNode, type NodeChoice } from "../peer/own-node.ts";
import {
  checkProducerChoice,
  isProducerChoice,
  type ProducerChoice,
} from "../producers/producer-choice.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import type { AsterConfig } from "./aster-config.ts";
import { configOf } from "./config-choice.ts";
import { checkEndpoint, credentialOf } from "./credential-setting.ts";
import { identityOf } from "./identity-choice.ts";
import { logOf } from "./log-setting.ts";
import { nodeSettings } from "./node-settings.ts";

/** The name that stands for the address of the setting `service.address`. */
const HOSTED_SERVICE = "@aster";

/** The address that a client dials, or the service that it finds in a registry; its options. */
export interface ClientSettings {
  readonly target: EndpointAddress | ProducerChoice;
  readonly options: AsterClientOptions;
}

/**
 * Lays the options of a client over its configuration and its identity file. Rejects with
 * INVALID_ARGUMENT for a bad value in them, and when neither has an address.
 */
export async function clientSettings(
  address: EndpointAddress | ProducerChoice | string | undefined,
  options: AsterClientOptions,
): Promise<ClientSettings> {
  const config = configOf(options);
  const target = targetOf(address === undefined ? config.get("endpointAddr") : address, config);
  const identity = await identityOf(options, config, "consumer");
  const found =
    options.credential === undefined
      ? await credentialOf(identity, config, options.peer)
      : undefined;
  const node = nodeSettings(options, config, identity?.secretKey ?? found?.secretKey);
  if (found !== undefined) checkEndpoint(found, endpointOf(options.node, node.secretKey));
  return {
    target,
    options: {
      ...options,
      ...withoutUndefined({
        ...node,
        credential: options.credential ?? (found && formatCredential(found.credential)),
        log: logOf(options.log, config),
        iidToken: options.iidToken ?? config.get("enrollmentCredentialIid"),
      }),
    },
  };
}

function targetOf(
  address: EndpointAddress | ProducerChoice | string | undefined,
  config: AsterConfig,
): EndpointAddress | ProducerChoice {
  if (address === undefined) throw noAddress();
  if (address === HOSTED_SERVICE) return parseAddress(config.get("serviceAddress") ?? noService());
  if (!isProducerChoice(address)) return parseAddress(address);
  checkProducerChoice(address);
  return address;
}

/** The endpoint id of the client; `undefined` for a new key. */
function endpointOf(node: NodeChoice["node"], secretKey: Uint8Array | undefined) {
  if (node !== undefined && isNode(node)) return node.id;
  const key = node?.secretKey ?? secretKey;
  return key === undefined ? undefined : endpointIdOf(key);
}

function noAddress(): RpcError {
  return addressError(
    "cannot read this address: it is undefined, and ASTER_ENDPOINT_ADDR is not set; give an aster1… ticket, a base64 node address or an endpoint id",
  );
}

function noService(): never {
  throw addressError(`the address of ${HOSTED_SERVICE} is not known; set ASTER_SERVICE_ADDRESS`);
}

function addressError(text: string): RpcError {
  return new RpcError(StatusCode.INVALID_ARGUMENT, text, {
    details: { reason: RpcReason.TRANSPORT_ADDRESS },
  });
}
