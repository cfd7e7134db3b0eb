import { type ContractManifest, typedManifestOf } from "../manifest.ts";
import { compareCalls } from "./compare-calls.ts";
import { COMPARED_MODES, type ComparedMode } from "./compared-mode.ts";
import type { CallDifference } from "./message-comparison.ts";

/** A difference between two contracts, in one method. */
export interface MethodDifference {
  /** `request.items.price`, `response.at`, `pattern`. */
  readonly path: string;
  /** One line for people, from the old contract to the new one. It begins with the path. */
  readonly text: string;
  /** The modes in which clients of the old contract cannot call servers of the new one. */
  readonly breaksOldClients: readonly ComparedMode[];
  /** The modes in which clients of the new contract cannot call servers of the old one. */
  readonly breaksNewClients: readonly ComparedMode[];
}

/** A method of two contracts. */
export interface MethodComparison {
  /** The name on the wire. */
  readonly name: string;
  readonly change: "equal" | "added" | "removed" | "changed";
  readonly differences: readonly MethodDifference[];
  /** As in {@link MethodDifference}, of all differences together. */
  readonly breaksOldClients: readonly ComparedMode[];
  readonly breaksNewClients: readonly ComparedMode[];
}

/**
 * Compares two versions of a contract method by method, and says which clients and servers can work
 * together. Each may be a manifest, a definition, a decorated class or an instance of one. The
 * methods of the old contract come first, sorted by name.
 *
 * Types inside requests and responses count as different if a manifest does not describe them
 * ({@link typedManifestOf} does).
 */
export function compareContracts(before: object, after: object): readonly MethodComparison[] {
  const [old, next] = [manifestFrom(before), manifestFrom(after)];
  const oldClients = compareCalls(old, next);
  const newClients = compareCalls(next, old);
  const names = new Set([...oldClients.keys(), ...newClients.keys()]);
  return [...names].map((name) => {
    if (!newClients.has(name)) return only(name, "removed");
    if (!oldClients.has(name)) return only(name, "added");
    return compared(name, oldClients.get(name) ?? [], newClients.get(name) ?? []);
  });
}

function manifestFrom(contract: object): ContractManifest {
  const isManifest = "contract_id" in contract && "methods" in contract;
  return isManifest ? (contract as ContractManifest) : typedManifestOf(contract);
}

function only(name: string, change: "added" | "removed"): MethodComparison {
  const [breaksOldClients, breaksNewClients] =
    change === "removed" ? [COMPARED_MODES, []] : [[], COMPARED_MODES];
  return { name, change, differences: [], breaksOldClients, breaksNewClients };
}

function compared(
  name: string,
  oldClients: readonly CallDifference[],
  newClients: readonly CallDifference[],
): MethodComparison {
  // both directions visit the same differences, though their texts are turned around
  const back = new Map(newClients.map(({ path, breaks }) => [path, breaks]));
  const differences = oldClients.map(
    ({ path, text, breaks }): MethodDifference => ({
      path,
      text,
      breaksOldClients: breaks,
      breaksNewClients: back.get(path) ?? [],
    }),
  );
  return {
    name,
    change: differences.length === 0 ? "equal" : "changed",
    differences,
    breaksOldClients: modesOf(oldClients),
    breaksNewClients: modesOf(newClients),
  };
}

function modesOf(differences: readonly CallDifference[]): readonly ComparedMode[] {
  const broken = new Set(differences.flatMap(({ breaks }) => breaks));
  return COMPARED_MODES.filter((mode) => broken.has(mode));
}
