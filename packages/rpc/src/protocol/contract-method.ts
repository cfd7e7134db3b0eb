import { wireType } from "@aster/codec";
import {
  defineService,
  type MethodDefinition,
  type ServiceDefinition,
  unary,
} from "@aster/contract";
import { z } from "zod";

// The method with which a server describes its contracts (docs/wire.md, "Contract method").

/** The name of the service. No definition can have it, because of the slash. */
export const CONTRACT_SERVICE = "_aster/Contracts";

type ManifestRequest = z.ZodObject<{ service: z.ZodString; version: z.ZodInt }>;
type ManifestResponse = z.ZodObject<{ manifest: z.ZodString }>;

type ContractMethods = {
  readonly manifest: MethodDefinition<"unary", ManifestRequest, ManifestResponse>;
};

let made: ServiceDefinition<ContractMethods, "shared"> | undefined;

/** The definition of the service. It is made on first use, as most programs do not need it. */
export function contractService(): ServiceDefinition<ContractMethods, "shared"> {
  made ??= define();
  return made;
}

function define(): ServiceDefinition<ContractMethods, "shared"> {
  const own = { naming: "as-written", reserved: true } as const;
  const request = wireType(
    "_aster/ManifestRequest",
    { service: z.string(), version: z.int() },
    own,
  );
  const response = wireType("_aster/ManifestResponse", { manifest: z.string() }, own);
  const methods = { manifest: unary(request, response, { idempotent: true }) };
  return Object.freeze({ ...defineService("Contracts", {}, methods), name: CONTRACT_SERVICE });
}
