import type { RegistryView } from "../document/view.ts";

/** A version of a service, and its contract. */
export interface RegisteredService {
  readonly service: string;
  readonly version: number;
  readonly contractId: string;
}

/** The services of a view, by name and version. */
export function servicesIn(view: RegistryView): RegisteredService[] {
  const found: RegisteredService[] = [];
  for (const { key, shown } of view.shown()) {
    if (key.kind !== "version" || shown?.value.kind !== "pointer") continue;
    const { service, version } = key;
    found.push({ service, version, contractId: shown.value.contractId });
  }
  const byName = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
  return found.sort((a, b) => byName(a.service, b.service) || a.version - b.version);
}
