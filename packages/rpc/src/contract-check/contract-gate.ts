import { ContractError } from "@aster/contract";
import type { CallDifference } from "@aster/contract/model";
import type { Connection } from "@aster/transport";
import type { AdmittedService } from "@aster/trust";
import { RpcError } from "../error.ts";
import type { WireMode } from "../protocol/mode.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { incompatible, missingMethod, undescribed } from "./contract-failure.ts";
import type { JudgedCall } from "./judged-call.ts";
import type { ManifestSource } from "./manifest-source.ts";
import type { OwnContract } from "./own-contract.ts";

type Differences = ReadonlyMap<string, readonly CallDifference[] | undefined>;

/** Codes of answers that will not change as long as the peer offers this contract. */
const PERMANENT: ReadonlySet<number> = new Set([
  StatusCode.NOT_FOUND,
  StatusCode.UNIMPLEMENTED,
  StatusCode.INVALID_ARGUMENT,
  StatusCode.INTERNAL,
  StatusCode.CONTRACT_VIOLATION,
]);

/**
 * Decides which calls a client can make to a peer that offers its service under another contract.
 *
 * A method with an equal id passes at once. Otherwise the first call requests the peer's manifest,
 * and all calls wait for it. Then each method is judged by its own differences.
 */
export class ContractGate {
  readonly #own: OwnContract;
  readonly #offer: AdmittedService;
  readonly #manifests: ManifestSource;
  #differences: Differences | undefined;
  #refusal: RpcError | undefined;
  #loading: { readonly connection: Connection; readonly done: Promise<void> } | undefined;

  constructor(own: OwnContract, offer: AdmittedService, manifests: ManifestSource) {
    this.#own = own;
    this.#offer = offer;
    this.#manifests = manifests;
  }

  /** Returns `true` if every method passes, so that calls need no gate. */
  get open(): boolean {
    return this.#own.methods.every((name) => this.#isEqual(name));
  }

  /** Returns `true` if the peer's description cannot be read. */
  get failed(): boolean {
    return this.#refusal !== undefined;
  }

  /**
   * Returns `undefined` for a call that can be made, and a promise if the contracts must be
   * compared first. Throws, or rejects with, {@link RpcError}: UNIMPLEMENTED for a method that the
   * peer does not have, FAILED_PRECONDITION for an incompatible one, and the error of the request
   * for the manifest.
   */
  admit(call: JudgedCall, connection: Connection): Promise<void> | undefined {
    const { name } = call.method;
    if (this.#isEqual(name)) return undefined;
    if (this.#isMissing(name)) throw missingMethod(this.#own, this.#offer, name);
    if (this.#refusal !== undefined) throw this.#refusal;
    if (this.#differences === undefined) {
      return this.#load(connection).then(() => {
        this.admit(call, connection);
      });
    }
    const found = this.#differences.get(name);
    if (found === undefined) throw missingMethod(this.#own, this.#offer, name);
    const broken = found.filter(({ breaks }) => breaks.includes(call.mode));
    if (broken.length > 0) throw incompatible(this.#own, this.#offer, call, broken);
    return undefined;
  }

  /**
   * Resolves when every call can be judged at once. Rejects with the error of a request for the
   * manifest that may succeed later.
   */
  async ready(connection: Connection): Promise<void> {
    if (!this.isReady) await this.#load(connection);
  }

  get isReady(): boolean {
    if (this.#differences !== undefined || this.#refusal !== undefined) return true;
    return this.#own.methods.every((name) => this.#isEqual(name) || this.#isMissing(name));
  }

  /** Resolves if all methods can be called in a mode. Rejects with the first refusal. */
  async admitAll(mode: WireMode, connection: Connection): Promise<void> {
    for (const name of this.#own.methods) await this.admit({ method: { name }, mode }, connection);
  }

  #isEqual(name: string): boolean {
    const own = this.#own.methodId(name);
    return own !== undefined && own === this.#offeredId(name);
  }

  /** An empty list of ids says nothing: there may be too many for the offer. */
  #isMissing(name: string): boolean {
    const { methods = {} } = this.#offer;
    return this.#offeredId(name) === undefined && Object.keys(methods).length > 0;
  }

  #offeredId(name: string): string | undefined {
    const { methods = {} } = this.#offer;
    return Object.hasOwn(methods, name) ? methods[name]?.id : undefined;
  }

  #load(connection: Connection): Promise<void> {
    if (this.#loading?.connection !== connection) {
      const done = this.#compare(connection).finally(() => {
        if (this.#loading?.connection === connection) this.#loading = undefined;
      });
      this.#loading = { connection, done };
    }
    return this.#loading.done;
  }

  async #compare(connection: Connection): Promise<void> {
    try {
      const theirs = await this.#manifests.get(connection, this.#offer);
      const { compareCalls } = await import("@aster/contract/model");
      const { assumesUndescribed } = this.#own;
      const ours = await this.#own.manifest();
      this.#differences = compareCalls(ours, theirs, { assumesUndescribed });
    } catch (cause) {
      const permanent =
        cause instanceof ContractError ||
        (cause instanceof RpcError &&
          (PERMANENT.has(cause.code) || cause.details.reason === RpcReason.LIMIT_MESSAGE));
      if (!permanent) throw cause;
      this.#refusal = undescribed(this.#own, this.#offer, cause);
    }
  }
}
