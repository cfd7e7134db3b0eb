import { type EndpointId, formatTicket, type Node, ticketFor } from "@aster/transport";
import { gossipOf, type Topic, type TopicEvent } from "@aster/transport/gossip";
import type { ProducerMesh } from "../admission/producer-mesh.ts";
import { verifyProducerCredential } from "../credential/verify.ts";
import { formatRevocationList, type RevocationList } from "../revocation/revocation-list.ts";
import type { Revocations } from "../revocation/revocations.ts";
import { ClockDrift } from "./clock-drift.ts";
import { requestMembership } from "./mesh-admission.ts";
import type { MeshMemory } from "./mesh-memory.ts";
import type { JoinMeshOptions, MeshClock } from "./mesh-options.ts";
import { type IgnoredMessage, type JudgedMessage, MessageJudge } from "./message-judge.ts";
import { encodeProducerMessage, signProducerMessage } from "./producer-message.ts";
import {
  type ContractNotice,
  encodeNotice,
  type LeaseNotice,
  type ProducerNotice,
} from "./producer-notice.ts";
import type { RevocationFetcher } from "./revocation-fetcher.ts";
import type { RevocationService } from "./revocation-service.ts";

/** The figures of a member since it joined. */
export interface MeshStats {
  /** Members that this node accepts, itself included. */
  readonly members: number;
  readonly neighbors: number;
  readonly received: number;
  readonly sent: number;
  /** Messages that did not count, by reason. */
  readonly ignored: Readonly<Partial<Record<IgnoredMessage, number>>>;
  /** Messages that were lost because they came too fast. */
  readonly lost: number;
  /** Members whose clock deviates. */
  readonly isolated: readonly EndpointId[];
  /** The clock of this node deviates, so that it has departed. */
  readonly isDeparted: boolean;
  /** Lists of revoked endpoints that came from members, and announced ones that did not come. */
  readonly revocations: { readonly fetched: number; readonly failed: number };
}

/** The parts of a member that {@link joinMesh} has opened. */
export interface MeshMemberParts extends Pick<JoinMeshOptions, "mesh" | "revocations"> {
  readonly node: Node;
  readonly clock: MeshClock;
  readonly memory: MeshMemory;
  readonly service: RevocationService;
  readonly fetcher: RevocationFetcher;
}

/** The endpoints of a list that fits into a message. Longer ones are fetched. */
const MOST_SENT = 16;
const TICK_MS = 1_000;
const SWEEP_MS = 10_000;
const REJOIN_MS = 60_000;
const INTRODUCE_MS = 300_000;
const ANNOUNCE_MS = 60_000;
/** The interval of the Python package. */
const LEASES_MS = 900_000;

/**
 * A node in the mesh of its root key: it sends and receives the messages of producers, and keeps
 * the list of revoked endpoints equal to that of the others. The caller closes it, before the node.
 */
export class MeshMember implements AsyncDisposable {
  readonly mesh: ProducerMesh;
  readonly revocations: Revocations;
  readonly #options: JoinMeshOptions;
  readonly #parts: MeshMemberParts;
  readonly #topic: Topic;
  readonly #drift: ClockDrift;
  readonly #judge: MessageJudge;
  readonly #neighbors = new Set<EndpointId>();
  readonly #ignored = new Map<IgnoredMessage, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #reading: Promise<void>;
  readonly #stops: readonly (() => void)[];
  readonly #due = new Map<string, number>();
  #counts = { received: 0, sent: 0, lost: 0 };
  #isDeparted = false;
  #isFetching = false;
  #rejoining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Use {@link joinMesh}. */
  constructor(options: JoinMeshOptions, parts: MeshMemberParts) {
    const { mesh, revocations, node, clock } = parts;
    this.mesh = mesh;
    this.revocations = revocations;
    this.#options = options;
    this.#parts = parts;
    const joinedAtMs = Date.now();
    this.#drift = new ClockDrift({
      toleranceMs: clock.clockDriftToleranceMs,
      gracePeriodMs: clock.gracePeriodMs,
      joinedAtMs,
    });
    const { replayWindowMs } = clock;
    const judged = { mesh, revocations, self: node.id, drift: this.#drift, replayWindowMs };
    this.#judge = new MessageJudge(judged);
    this.#topic = gossipOf(node).join(mesh.topic, { peers: options.bootstrap ?? [] });
    const save = () => this.#save();
    this.#stops = [mesh.onChange(save), revocations.onChange((list) => this.#listed(list))];
    for (const [task, ms] of Object.entries(INTERVALS)) this.#due.set(task, joinedAtMs + ms);
    this.#due.delete("greet");
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
    this.#reading = this.#read();
    this.#save();
  }

  /** Resolves when there is another member that this node is connected with. */
  async joined(): Promise<void> {
    await this.#topic.joined();
  }

  /**
   * Tells the members about a service of this node. Resolves when the message is on its way, which
   * is not a proof of delivery.
   */
  async announce(notice: ContractNotice | LeaseNotice): Promise<void> {
    await this.#send(notice);
  }

  stats(): MeshStats {
    return {
      members: this.mesh.producers.length,
      neighbors: this.#neighbors.size,
      ...this.#counts,
      ignored: Object.fromEntries(this.#ignored),
      isolated: [...this.#drift.isolated],
      isDeparted: this.#isDeparted,
      revocations: this.#parts.fetcher.counts,
    };
  }

  /** Departs from the mesh and writes its state. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    for (const stop of this.#stops) stop();
    // without a credential the members could not accept this node again
    if (this.#options.credential !== undefined && !this.#isDeparted && this.#neighbors.size > 0) {
      await this.#send({ kind: "depart", reason: "" });
    }
    this.#topic.leave();
    await this.#reading;
    this.#parts.fetcher.close();
    await this.#parts.service.close();
    this.#save();
    await this.#parts.memory.close();
  }

  async #read(): Promise<void> {
    try {
      for await (const event of this.#topic) this.#event(event);
    } catch (error) {
      this.#problem(error);
    }
  }

  #event(event: TopicEvent): void {
    switch (event.kind) {
      case "message":
        this.#receive(event.content, event.from);
        break;
      case "neighborUp":
        this.#neighbors.add(event.peer);
        void this.#greet();
        break;
      case "neighborDown":
        this.#neighbors.delete(event.peer);
        break;
      case "lagged":
        this.#counts.lost += event.lost;
        // an announcement may have been among them
        for (const peer of this.#neighbors) void this.#parts.fetcher.fetch(peer);
        break;
    }
  }

  #receive(content: Uint8Array, from: EndpointId): void {
    this.#counts.received += 1;
    const nowMs = Date.now();
    const judged = this.#judge.judge(content, from, nowMs, performance.now());
    if (typeof judged === "string") {
      this.#ignored.set(judged, (this.#ignored.get(judged) ?? 0) + 1);
    } else {
      this.#handle(judged, from, nowMs);
    }
    this.#checkOwnClock(nowMs);
  }

  #handle({ message, notice }: JudgedMessage, from: EndpointId, nowMs: number): void {
    const { sender } = message;
    switch (notice.kind) {
      case "introduce":
        this.#introduced(sender, notice, nowMs);
        break;
      case "depart":
        this.#judge.departed(message);
        this.mesh.remove(sender);
        break;
      case "revocations":
        void this.#fetch(() => this.#parts.fetcher.announced(notice, sender, from));
        break;
      default:
        break;
    }
    try {
      this.#options.onNotice?.(notice, sender);
    } catch (error) {
      this.#problem(error);
    }
  }

  /** Takes the end of the acceptance from the credential. */
  #introduced(
    sender: EndpointId,
    { credential }: ProducerNotice & { readonly kind: "introduce" },
    nowMs: number,
  ): void {
    if (credential === undefined) return;
    const { rootPubkey } = this.mesh;
    try {
      verifyProducerCredential(credential, { rootPubkey, endpointId: sender, nowMs });
    } catch {
      return;
    }
    this.mesh.accept(sender, credential.expiresAt * 1_000);
  }

  /** Departs when the clock of this node deviates, and comes back when it does not any more. */
  #checkOwnClock(nowMs: number): void {
    const isOff = this.#drift.isOwnOff(nowMs);
    if (isOff === this.#isDeparted) return;
    if (isOff) {
      void this.#send({ kind: "depart", reason: "the clock deviates" });
      this.#isDeparted = true;
      this.#problem(new Error("the clock of this node deviates from those of the mesh; set it"));
    } else {
      this.#isDeparted = false;
      void this.#greet();
    }
    this.#save();
  }

  /** Introduces this node to a new neighbor, and tells it which list is in force. */
  async #greet(): Promise<void> {
    const isDue = this.#isDue("greet", Date.now());
    await this.#introduce(isDue ? "all" : "neighbors");
    await this.#announceList("neighbors");
    if (isDue) await this.#announceLeases();
  }

  async #introduce(to: "all" | "neighbors"): Promise<void> {
    const { credential } = this.#options;
    if (credential !== undefined) await this.#send({ kind: "introduce", credential }, to);
  }

  async #announceList(to: "all" | "neighbors"): Promise<void> {
    const { list } = this.revocations;
    if (list === undefined) return;
    const { sequence } = list;
    const content =
      list.revoked.length > MOST_SENT
        ? { address: formatTicket(ticketFor(this.#parts.node.address())) }
        : { list: compactList(list) };
    await this.#send({ kind: "revocations", sequence, ...content }, to);
  }

  async #announceLeases(): Promise<void> {
    for (const lease of this.#options.leases?.() ?? []) await this.#send(lease);
  }

  async #send(notice: ProducerNotice, to: "all" | "neighbors" = "all"): Promise<void> {
    if (this.#isDeparted || this.#neighbors.size === 0) return;
    try {
      const { secretKey } = this.#options;
      const message = { ...encodeNotice(notice), epochMs: Date.now() };
      const bytes = encodeProducerMessage(signProducerMessage(secretKey, message));
      this.#counts.sent += 1;
      await this.#topic.broadcast(bytes, { to });
    } catch (error) {
      if (this.#closing === undefined) this.#problem(error);
    }
  }

  /** Lists that come from the mesh are announced to neighbors only: the others heard of them. */
  #listed(list: RevocationList): void {
    for (const id of list.revoked) this.mesh.remove(id);
    void this.#announceList(this.#isFetching ? "neighbors" : "all");
    this.#parts.memory.keepList(list);
  }

  async #fetch(work: () => Promise<void>): Promise<void> {
    this.#isFetching = true;
    try {
      await work();
    } catch (error) {
      this.#problem(error);
    } finally {
      this.#isFetching = false;
    }
  }

  #tick(): void {
    const nowMs = Date.now();
    this.mesh.sweep();
    if (this.#isDue("sweep", nowMs)) this.#judge.sweep(nowMs, performance.now());
    if (this.#isDue("introduce", nowMs)) void this.#introduce("all");
    if (this.#isDue("announce", nowMs)) void this.#announceList("neighbors");
    if (this.#isDue("leases", nowMs)) void this.#announceLeases();
    if (this.#isDue("rejoin", nowMs)) this.#rejoining ??= this.#rejoin();
  }

  /** Connects again to members that are not neighbors, so that a mesh that fell apart heals. */
  async #rejoin(): Promise<void> {
    const { bootstrap = [], credential } = this.#options;
    for (const address of bootstrap) {
      if (credential === undefined || this.#closing !== undefined) break;
      try {
        const { node, ...shared } = this.#parts;
        const topic = this.mesh.topic;
        const peer = await requestMembership(node, address, credential, shared);
        if (topic !== this.mesh.topic) {
          this.#problem(new Error("the mesh has another salt now; start this node again"));
        }
        if (!this.#neighbors.has(peer)) await this.#topic.addPeers([address]);
      } catch (error) {
        this.#problem(error);
      }
    }
    this.#rejoining = undefined;
  }

  #isDue(task: keyof typeof INTERVALS, nowMs: number): boolean {
    if (nowMs < (this.#due.get(task) ?? 0)) return false;
    // not all members at once
    this.#due.set(task, nowMs + INTERVALS[task] * (1 + Math.random() / 5));
    return true;
  }

  #save(): void {
    this.#parts.memory.keep({
      peerOffsets: this.#drift.offsets,
      isolated: this.#drift.isolated,
      isDead: this.#isDeparted,
    });
  }

  #problem(error: unknown): void {
    try {
      this.#options.onProblem?.(error);
    } catch {
      // an error of the log must not end the membership
    }
  }
}

function compactList(list: RevocationList): string {
  return JSON.stringify(JSON.parse(formatRevocationList(list)));
}

/** The least times between two runs of each task. */
const INTERVALS = {
  greet: REJOIN_MS,
  sweep: SWEEP_MS,
  introduce: INTRODUCE_MS,
  announce: ANNOUNCE_MS,
  leases: LEASES_MS,
  rejoin: REJOIN_MS,
} as const;
