import { ContractError } from "@aster/contract";
import type { ContractManifest } from "@aster/contract/model";
import type { Connection } from "@aster/transport";
import type { AdmittedService } from "@aster/trust";
import { createClient } from "../client/create-client.ts";
import { contractService } from "../protocol/contract-method.ts";

/** The time for the answer. Calls that wait for it have their own deadlines. */
const TIMEOUT_MS = 10_000;
/** A manifest of 1000 methods has about 1 MiB. */
const MOST_BYTES = 4 * 1024 * 1024;
/** The manifests of one peer that are kept. */
const MOST_KNOWN = 16;

interface Known {
  readonly connection: Connection;
  readonly manifest: Promise<ContractManifest>;
  settled: boolean;
}

/**
 * The manifests that one peer has sent, by contract id. A manifest is requested once, however many
 * calls and services wait for it.
 */
export class ManifestSource {
  readonly #known = new Map<string, Known>();

  /**
   * Rejects with `RpcError` when the peer does not answer, and with `ContractError` for an answer
   * that is not the manifest of the offered contract. Failures are not kept.
   */
  get(connection: Connection, offer: AdmittedService): Promise<ContractManifest> {
    const known = this.#known.get(offer.contractId);
    if (known !== undefined && (known.settled || known.connection === connection)) {
      return known.manifest;
    }
    const entry: Known = { connection, manifest: fetchManifest(connection, offer), settled: false };
    this.#known.delete(offer.contractId);
    this.#known.set(offer.contractId, entry);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    entry.manifest.then(
      () => {
        entry.settled = true;
      },
      () => {
        if (this.#known.get(offer.contractId) === entry) this.#known.delete(offer.contractId);
      },
    );
    return entry.manifest;
  }
}

async function fetchManifest(
  connection: Connection,
  { name, version, contractId }: AdmittedService,
): Promise<ContractManifest> {
  // a call that waits has encoded its request into the buffer of all encodings, so that this
  // request must not be encoded before that call has copied its own
  const { parseManifest } = await import("@aster/contract/model");
  const contracts = createClient(contractService(), connection, {
    profile: "A",
    timeoutMs: TIMEOUT_MS,
    limits: { maxMessageBytes: MOST_BYTES },
  });
  const request = { service: name, version };
  // the answer is shared by calls with other deadlines
  const { manifest: text } = await contracts.manifest(request, { inheritDeadline: false });
  const manifest = parseManifest(text);
  if (manifest.service !== name || manifest.version !== version) {
    throw new ContractError("data", "the manifest describes another service");
  }
  if (manifest.contract_id !== contractId) {
    throw new ContractError("data", `the manifest describes the contract ${manifest.contract_id}`);
  }
  return manifest;
}
