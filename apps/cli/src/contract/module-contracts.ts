import { isServiceDefinition, type ServiceDefinition, serviceDefinitionOf } from "@aster/contract";
import { typedManifestOf } from "@aster/contract/model";
import { usageFailure } from "../command/failure.ts";
import { loadModule } from "./load-module.ts";
import type { SourceContract } from "./source.ts";

/** The contracts of a module: of one export, or of all that are services. */
export async function definitionsIn(
  path: string,
  name: string | undefined,
): Promise<readonly SourceContract[]> {
  const module = await loadModule(path);
  const services = new Map<string, ServiceDefinition>();
  for (const [key, value] of Object.entries(module)) {
    const definition = definitionOf(value);
    if (definition !== undefined) services.set(key, definition);
  }
  if (name === undefined) return [...new Set(services.values())].map(contractOfDefinition);
  const chosen = services.get(name);
  if (chosen !== undefined) return [contractOfDefinition(chosen)];
  const names = [...services.keys()].join(", ");
  const problem = Object.hasOwn(module, name) ? "is not a service" : "is not an export";
  throw usageFailure(
    `${name} ${problem} of ${path}`,
    names === "" ? "export a service definition or a decorated class" : `its services: ${names}`,
    "module.export",
  );
}

function contractOfDefinition(definition: ServiceDefinition): SourceContract {
  return { definition, manifest: typedManifestOf(definition) };
}

/** The definition of an export: a definition, a decorated class, or an implementation. */
function definitionOf(value: unknown): ServiceDefinition | undefined {
  if (value === null || (typeof value !== "object" && typeof value !== "function"))
    return undefined;
  if (isServiceDefinition(value)) return value;
  if ("definition" in value && isServiceDefinition(value.definition)) return value.definition;
  try {
    return serviceDefinitionOf(value);
  } catch {
    return undefined;
  }
}
