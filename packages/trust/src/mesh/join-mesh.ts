import type { Node } from "@aster/transport";
import { AdmissionError } from "../error.ts";
import { requestMembership } from "./mesh-admission.ts";
import { MeshMember } from "./mesh-member.ts";
import { MeshMemory } from "./mesh-memory.ts";
import { checkMember, clockOf, type JoinMeshOptions } from "./mesh-options.ts";
import { RevocationFetcher } from "./revocation-fetcher.ts";
import { RevocationService } from "./revocation-service.ts";

/**
 * Joins the mesh of a root key (docs/trust.md, "The mesh of producers"): requests the admission of
 * this node at the first of the `bootstrap` addresses that answers, fetches the list of revoked
 * endpoints, and connects to the gossip of the producers. Without addresses the node founds the
 * mesh, or goes on with that of its state. `node` needs `protocols: ["gossip"]`; its program
 * answers admissions of producers with `serveProducerAdmission`.
 *
 * Rejects with `AdmissionError`: `"option"` for options that cannot be used, `"denied"` when a
 * member refuses this node, `"store"` for a state that cannot be read; and with the `KeyError` or
 * `TransportError` behind a file or a connection. A member that does not answer is an error only
 * for a node without a state.
 */
export async function joinMesh(node: Node, options: JoinMeshOptions): Promise<MeshMember> {
  const { mesh, revocations, onProblem = () => {} } = options;
  const clock = clockOf(options);
  checkMember(node, options);
  const memory = new MeshMemory(mesh, options.stateDir, onProblem);
  const isKnown = await memory.restore(revocations);
  mesh.accept(node.id);
  const service = new RevocationService(node, mesh, revocations);
  const fetcher = new RevocationFetcher(node, revocations);
  try {
    await admitted(node, options, fetcher, isKnown);
    return new MeshMember(options, { mesh, revocations, node, clock, memory, service, fetcher });
  } catch (error) {
    await service.close();
    throw error;
  }
}

/** Requests the admission at one member after the other, until one answers. */
async function admitted(
  node: Node,
  options: JoinMeshOptions,
  fetcher: RevocationFetcher,
  isKnown: boolean,
): Promise<void> {
  const { bootstrap = [], credential, onProblem } = options;
  if (credential === undefined) return;
  let problem: unknown;
  for (const address of bootstrap) {
    try {
      await requestMembership(node, address, credential, options);
      await fetcher.fetch(address);
      return;
    } catch (error) {
      if (error instanceof AdmissionError && error.code === "denied") throw error;
      problem ??= error;
    }
  }
  if (problem === undefined) return;
  if (!isKnown) throw problem;
  onProblem?.(problem);
}
