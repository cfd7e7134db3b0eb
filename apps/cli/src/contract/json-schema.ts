import { jsonSchemaOf } from "@aster/codec/json-schema";
import { type ServiceDefinition, type ServiceMethod, serviceDefinitionOf } from "@aster/contract";
import { definitionOfManifest } from "./definition-of-manifest.ts";
import type { SourceContract } from "./source.ts";

/**
 * The JSON Schemas of a service: of each request and response, and of the declared errors, which
 * only a definition has.
 */
export function schemasOf({ definition, manifest }: SourceContract): object {
  const service = serviceDefinitionOf(definition ?? definitionOfManifest(manifest));
  return {
    service: manifest.service,
    version: manifest.version,
    contractId: manifest.contract_id,
    methods: Object.fromEntries(
      sorted(service).map((method) => [
        method.name,
        {
          pattern: method.pattern,
          request: jsonSchemaOf(method.request as never),
          response: jsonSchemaOf(method.response as never),
          errors: Object.fromEntries(
            Object.entries(method.errors ?? {}).map(([name, error]) => [
              name,
              jsonSchemaOf(error.type as never),
            ]),
          ),
        },
      ]),
    ),
  };
}

function sorted({ methods }: ServiceDefinition): readonly ServiceMethod[] {
  return Object.values(methods).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
