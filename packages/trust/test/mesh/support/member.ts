import {
  createNode,
  formatTicket,
  generateSecretKey,
  type Node,
  ticketFor,
} from "@aster/transport";
import {
  PRODUCER_ADMISSION_ALPN,
  ProducerMesh,
  serveProducerAdmission,
} from "../../../src/admission.ts";
import {
  producerGate,
  Revocations,
  type RootKeypair,
  signProducerCredential,
} from "../../../src/index.ts";
import { type JoinMeshOptions, joinMesh, type MeshMember } from "../../../src/mesh.ts";

/** A node in a mesh that admits other producers, as a server does. */
export class TestMember implements AsyncDisposable {
  readonly node: Node;
  readonly member: MeshMember;
  readonly revocations: Revocations;
  readonly secretKey: Uint8Array;
  readonly problems: unknown[];

  private constructor(
    node: Node,
    member: MeshMember,
    revocations: Revocations,
    secretKey: Uint8Array,
    problems: unknown[],
  ) {
    this.node = node;
    this.member = member;
    this.revocations = revocations;
    this.secretKey = secretKey;
    this.problems = problems;
  }

  get address(): string {
    return formatTicket(ticketFor(this.node.address()));
  }

  static async open(
    root: RootKeypair,
    options: Partial<JoinMeshOptions> = {},
  ): Promise<TestMember> {
    const { secretKey = generateSecretKey(), bootstrap } = options;
    const node = await createNode({
      network: "none",
      bindAddress: "127.0.0.1:0",
      protocols: ["gossip"],
      secretKey,
    });
    const rootPubkey = root.publicKey;
    const revocations = options.revocations ?? new Revocations({ rootPubkey });
    const mesh =
      options.mesh ?? new ProducerMesh({ rootPubkey, isJoining: bootstrap !== undefined });
    const gate = producerGate({ rootPubkey, revocations });
    const incoming = node.accept([PRODUCER_ADMISSION_ALPN], { raw: [PRODUCER_ADMISSION_ALPN] });
    void (async () => {
      for await (const connection of incoming) serveProducerAdmission(connection, { gate, mesh });
    })();
    const problems: unknown[] = [];
    try {
      const credential =
        options.credential ??
        (await signProducerCredential(root.secretKey, {
          endpointId: node.id,
          roles: ["producer"],
        }));
      const onProblem = (error: unknown) => problems.push(error);
      const parts = { mesh, revocations, secretKey, credential, onProblem };
      const member = await joinMesh(node, { ...parts, ...options });
      return new TestMember(node, member, revocations, secretKey, problems);
    } catch (error) {
      await node.close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.member.close();
    this.revocations.close();
    await this.node.close();
  }
}
