import type { Clock } from "../clock.ts";
import type { RegistryTopic } from "../document/document.ts";
import type { Slot, Version } from "../document/slot.ts";
import type { RegistryView } from "../document/view.ts";
import { LEASE_CLOCK_SKEW_MS, LEASE_DURATION_MS } from "../entries/lease.ts";
import { RegistryError } from "../error.ts";
import { encodeGossipEvent, type GossipEvent, parseGossipEvent } from "./gossip-event.ts";
import type { Announcements } from "./watcher.ts";

/** A notice without its time, which is added when it is sent. */
export type Notice = GossipEvent extends infer E
  ? E extends GossipEvent
    ? Omit<E, "timestampMs">
    : never
  : never;

/** Announced ends that are kept. */
const MOST_DOWN = 10_000;

/**
 * The gossip of a registry. It arrives before the document is synchronised, but anyone on the topic
 * can write it. So it changes no entry: an endpoint that is announced to be down comes last among
 * the producers until its next lease.
 */
export class Notices implements Announcements {
  readonly #clock: Clock;
  readonly #view: RegistryView;
  readonly #topic: RegistryTopic | undefined;
  readonly #down = new Map<Slot, Version>();
  readonly #observers = new Set<(slot: Slot) => void>();
  readonly #closing = new AbortController();
  #ignored = 0;
  #receiving: Promise<void> | undefined;

  constructor(clock: Clock, view: RegistryView, topic: RegistryTopic | undefined) {
    this.#clock = clock;
    this.#view = view;
    this.#topic = topic;
    if (topic !== undefined) {
      this.#receiving = this.#receive(topic);
      this.#receiving.catch(() => {});
    }
  }

  /** Messages that are not notices, or out of time. */
  get ignored(): number {
    return this.#ignored;
  }

  /** Returns `true` if the endpoint has announced its end since its last lease. */
  isDown(slot: Slot): boolean {
    const at = this.#down.get(slot);
    return at !== undefined && at === slot.shown;
  }

  observe(onChange: (slot: Slot) => void): () => void {
    this.#observers.add(onChange);
    return () => this.#observers.delete(onChange);
  }

  /** Sends a notice. A failure has no effect, because readers do not depend on notices. */
  async send(notice: Notice): Promise<void> {
    if (this.#topic === undefined) return;
    const event = { ...notice, timestampMs: this.#clock.nowMs() } as GossipEvent;
    await this.#topic.broadcast(encodeGossipEvent(event)).catch(() => {});
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#receiving?.catch(() => {});
    this.#observers.clear();
  }

  async #receive(topic: RegistryTopic): Promise<void> {
    for await (const message of topic.messages(this.#closing.signal)) {
      const event = this.#parsed(message);
      if (event === undefined) this.#ignored += 1;
      else if (event.type === "endpointDown") this.#announce(event.service, event.endpointId);
    }
  }

  #parsed(message: Uint8Array): GossipEvent | undefined {
    try {
      const event = parseGossipEvent(message);
      const ageMs = this.#clock.nowMs() - event.timestampMs;
      return ageMs <= LEASE_DURATION_MS && ageMs >= -LEASE_CLOCK_SKEW_MS ? event : undefined;
    } catch (error) {
      if (error instanceof RegistryError) return undefined;
      throw error;
    }
  }

  #announce(service: string, endpointId: string): void {
    for (const slot of this.#view.leasesOf(service, endpointId)) {
      if (slot.shown === undefined || this.isDown(slot)) continue;
      if (this.#down.size >= MOST_DOWN) this.#down.clear();
      this.#down.set(slot, slot.shown);
      for (const onChange of this.#observers) onChange(slot);
    }
  }
}
