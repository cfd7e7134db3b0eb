import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNode, type Node } from "@aster/transport";
import {
  formatCredential,
  generateRootKeypair,
  type RootKeypair,
  type SignCredentialOptions,
  signCredential,
} from "@aster/trust";
import { writeRootKey } from "@aster/trust/files";
import { TestkitServer } from "../../faults/support/testkit-server.ts";

/** The limits of a server that decides about every admission of a test. */
export const unlimited = [
  ...["--limit", "admissionsPerEndpoint=1000000"],
  ...["--limit", "admissionsInTotal=1000000"],
];

/** The environment of a program whose wall clock is ahead. */
export function skewed(skewMs: number): Readonly<Record<string, string>> {
  const clock = new URL("../programs/skewed-clock.ts", import.meta.url).href;
  return { NODE_OPTIONS: `--import=${clock}`, ASTER_TEST_SKEW_MS: String(skewMs) };
}

/** The root key of a test, and the files and servers of its mesh. */
export class TestMesh implements AsyncDisposable {
  readonly root: RootKeypair;
  readonly #folder: string;
  readonly #open: AsyncDisposable[] = [];

  private constructor(root: RootKeypair, folder: string) {
    this.root = root;
    this.#folder = folder;
  }

  static async create(): Promise<TestMesh> {
    const root = await generateRootKeypair();
    const mesh = new TestMesh(root, mkdtempSync(join(tmpdir(), "aster-mesh-")));
    await writeRootKey(mesh.file("root.key"), root);
    return mesh;
  }

  /** The path of a file or folder of the mesh. */
  file(name: string): string {
    return join(this.#folder, name);
  }

  /** Returns a credential of the root key as JSON text. */
  async credential(options: SignCredentialOptions = {}): Promise<string> {
    return formatCredential(await signCredential(this.root.secretKey, options));
  }

  /** Starts `testkit serve` with a closed gate. */
  serve(...args: readonly string[]): Promise<TestkitServer> {
    return this.serveWith({}, ...args);
  }

  /** Starts such a server with further environment variables. */
  async serveWith(
    environment: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<TestkitServer> {
    const trust = ["--root-pub", this.file("root.pub"), ...args];
    const server = await TestkitServer.startWith(environment, ...trust);
    this.#open.push(server);
    return server;
  }

  /** Starts such a server whose wall clock is ahead. */
  serveWithSkew(skewMs: number, ...args: readonly string[]): Promise<TestkitServer> {
    return this.serveWith(skewed(skewMs), ...args);
  }

  /** Opens a node with a key of its own. */
  async node(): Promise<Node> {
    const node = await createNode({ network: "none", bindAddress: "127.0.0.1:0" });
    this.#open.push({ [Symbol.asyncDispose]: () => node.close() });
    return node;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#open.reverse()) await one[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
