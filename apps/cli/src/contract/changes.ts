import {
  type ComparedMode,
  type ContractManifest,
  compareContracts,
  type ManifestField,
  type MethodComparison,
  type MethodDifference,
} from "@aster/contract/model";

/** One change from an old contract to a new one. */
export interface ContractChange {
  readonly kind: "added" | "removed" | "changed";
  /** `Service`, `Service.method`, `Service.method.request.field`. */
  readonly path: string;
  readonly breaking: boolean;
  /** One sentence for people. */
  readonly why: string;
}

export interface ContractChanges {
  /** All contract ids are equal, and nothing else differs. */
  readonly equal: boolean;
  readonly breaking: boolean;
  readonly changes: readonly ContractChange[];
}

/** Modes in which both sides need equal types, whatever changed. */
const EXACT: ReadonlySet<ComparedMode> = new Set(["xlang", "row"]);
const EQUAL_FIELDS =
  "peers of aster-rpc 0.1.2 need equal fields, so update both sides together for them";

/** Compares the contracts of two sources, service by service. */
export function contractChanges(
  before: readonly ContractManifest[],
  after: readonly ContractManifest[],
): ContractChanges {
  const old = byName(before);
  const next = byName(after);
  const names = new Set([...old.keys(), ...next.keys()]);
  const changes = [...names].flatMap((name) => serviceChanges(name, old.get(name), next.get(name)));
  const sameIds = [...names].every(
    (name) => old.get(name)?.contract_id === next.get(name)?.contract_id,
  );
  // some changes are not in the id, such as the values of an enum
  const equal = sameIds && changes.length === 0;
  return { equal, breaking: changes.some(({ breaking }) => breaking), changes };
}

function byName(manifests: readonly ContractManifest[]): Map<string, ContractManifest> {
  return new Map(manifests.map((manifest) => [manifest.service, manifest]));
}

function serviceChanges(
  name: string,
  before: ContractManifest | undefined,
  after: ContractManifest | undefined,
): readonly ContractChange[] {
  if (before === undefined) {
    return [{ kind: "added", path: name, breaking: false, why: "the service is new" }];
  }
  if (after === undefined) {
    const why = "the service is gone, so that its clients get NOT_FOUND";
    return [{ kind: "removed", path: name, breaking: true, why }];
  }
  return [
    ...optionChanges(before, after),
    ...compareContracts(before, after).flatMap((method) =>
      methodChanges(name, knownDifferences(method, before, after)),
    ),
    ...(before.contract_id === after.contract_id ? [] : orderChanges(before, after)),
  ];
}

/** Parts of fields that a manifest without `types` does not have. */
const ONLY_IN_TYPES = /^[^:]*: (?:key|number|optional|JavaScript type) /;

/** Leaves out differences in what only one of the manifests describes. */
function knownDifferences(
  method: MethodComparison,
  before: ContractManifest,
  after: ContractManifest,
): MethodComparison {
  if ((before.types === undefined) === (after.types === undefined)) return method;
  const differences = method.differences.filter(({ text }) => !ONLY_IN_TYPES.test(text));
  return { ...method, differences };
}

function* optionChanges(
  before: ContractManifest,
  after: ContractManifest,
): Generator<ContractChange> {
  const name = before.service;
  const changed = (part: string, was: unknown, is: unknown, why: string): ContractChange => ({
    kind: "changed",
    path: `${name}.${part}`,
    breaking: true,
    why: `${part}: ${was} → ${is}; ${why}`,
  });
  if (before.version !== after.version) {
    const why = "clients ask for one version, so serve both meanwhile";
    yield changed("version", before.version, after.version, why);
  }
  if (before.scoped !== after.scoped) {
    yield changed("scoped", before.scoped, after.scoped, "sessions and calls exclude each other");
  }
  const modes = [before.serialization_modes, after.serialization_modes] as const;
  const [was, is] = modes.map((list) => list.join(", "));
  if (was === is) return;
  const gone = before.serialization_modes.filter((mode) => !modes[1].includes(mode));
  const why =
    gone.length > 0
      ? `clients may use ${gone.join(", ")}`
      : "the contract id changes, calls do not";
  yield { ...changed("modes", was, is, why), breaking: gone.length > 0 };
}

function methodChanges(service: string, method: MethodComparison): readonly ContractChange[] {
  const path = `${service}.${method.name}`;
  if (method.change === "added") {
    return [
      { kind: "added", path, breaking: false, why: "the method is new; old clients ignore it" },
    ];
  }
  if (method.change === "removed") {
    const why = "the method is gone, or renamed: old clients get UNIMPLEMENTED";
    return [{ kind: "removed", path, breaking: true, why }];
  }
  return method.differences.map((difference) => fieldChange(path, difference));
}

function fieldChange(method: string, difference: MethodDifference): ContractChange {
  const path = `${method}.${difference.path}`;
  const what = difference.text.slice(difference.path.length + 2);
  const [was, is] = what.split(" → ");
  const kind = was === "none" ? "added" : is === "none" ? "removed" : "changed";
  const breaking = breaks(kind, what, difference);
  return { kind, path, breaking, why: `${what}; ${effect(difference, breaking)}` };
}

function breaks(kind: ContractChange["kind"], what: string, difference: MethodDifference): boolean {
  const { path } = difference;
  if (path === "timeout" || path === "idempotent") return false;
  if (path === "pattern") return true;
  if (kind === "removed") return true;
  if (kind === "added") return what.endsWith("(required)");
  // notes such as "optional false → true" leave the type as it is
  const typeChanged = !/^(key|number|optional|JavaScript type|its parts differ)/.test(what);
  return typeChanged || brokenModes(difference).some((mode) => !EXACT.has(mode));
}

function brokenModes({ breaksOldClients, breaksNewClients }: MethodDifference): ComparedMode[] {
  return [...new Set([...breaksOldClients, ...breaksNewClients])];
}

function effect(difference: MethodDifference, breaking: boolean): string {
  const { path, breaksOldClients: old, breaksNewClients: next } = difference;
  if (path === "timeout") return "the contract id changes, calls do not";
  if (path === "idempotent") {
    return "the contract id changes; clients with the idempotent method may repeat calls";
  }
  const broken = [
    ...(old.length > 0 ? [`old clients fail in ${old.join(", ")}`] : []),
    ...(next.length > 0 ? [`new clients fail at old servers in ${next.join(", ")}`] : []),
  ];
  const modes = broken.length > 0 ? broken.join("; ") : "readable in all modes";
  return path === "pattern" || breaking ? modes : `${modes}; ${EQUAL_FIELDS}`;
}

/** Fields in another order change the contract id and no message. */
function* orderChanges(
  before: ContractManifest,
  after: ContractManifest,
): Generator<ContractChange> {
  const theirs = new Map(after.methods.map((method) => [method.name, method]));
  for (const method of before.methods) {
    const other = theirs.get(method.name);
    if (other === undefined) continue;
    const sides = [
      ["request", method.fields, other.fields],
      ["response", method.response_fields, other.response_fields],
    ] as const;
    for (const [side, was, is] of sides) {
      if (orderOf(was, is) === orderOf(is, was)) continue;
      yield {
        kind: "changed",
        path: `${before.service}.${method.name}.${side}`,
        breaking: false,
        why: "the fields have another order; the contract id changes, messages do not",
      };
    }
  }
}

/** The names that both lists have, in the order of the first. */
function orderOf(fields: readonly ManifestField[], others: readonly ManifestField[]): string {
  const known = new Set(others.map(({ name }) => name));
  return fields.flatMap(({ name }) => (known.has(name) ? [name] : [])).join();
}
