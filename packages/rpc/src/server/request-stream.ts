import type { Channel } from "@aster/transport";
import type { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { ByteSample } from "../message/byte-sample.ts";
import { extraBytesOf, MEASURED_BYTES } from "../message/heap-bytes.ts";
import { MessageQueue } from "../message/message-queue.ts";
import { type FrameReader, HeldFrame } from "./held-frame.ts";
import type { PeerBudget } from "./peer-budget.ts";

/** The most that a stream reserves for further messages. */
const MOST_SPARE_BYTES = 16 * 1024;
/** The part of the budget of a peer that each of its streams may reserve. */
const SPARE_PART = 1 / 1024;

/**
 * The requests of one call that streams them: those that wait for the handler, and what they count
 * in the budget of the peer until the handler reads further ones.
 *
 * It reserves a little more than its messages take, so that most of them do not touch the budget.
 * The reserve goes back when no message waits.
 */
export class RequestStream {
  readonly queue: MessageQueue<unknown>;
  /** The number of messages that have arrived. */
  items = 0;
  readonly #budget: PeerBudget;
  readonly #sample = new ByteSample();
  readonly #spareBytes: number;
  /** Bytes that count in the budget. */
  #held = 0;
  /** The part of them that no message takes. */
  #spare = 0;
  #heldFrame: HeldFrame | undefined;

  /** The channel is paused while too many messages wait. */
  constructor(budget: PeerBudget, limits: RpcLimits, channel: Channel) {
    this.#budget = budget;
    this.#spareBytes = Math.min(
      MOST_SPARE_BYTES,
      Math.floor(limits.maxHeldBytesPerPeer * SPARE_PART),
    );
    this.queue = new MessageQueue(
      limits,
      () => {},
      (bytes) => this.#read(bytes),
    );
    this.queue.feedFrom(channel);
  }

  /** Counts a message in by its size. Returns false when it does not fit into the budget now. */
  take(bytes: number): boolean {
    if (bytes > this.#spare && !this.#reserve(bytes)) return false;
    this.#spare -= bytes;
    this.#heldFrame = undefined;
    return true;
  }

  /**
   * Keeps a message that does not fit, and pauses the stream until `reader` gets the message again.
   * Throws RESOURCE_EXHAUSTED when it cannot be kept.
   */
  keep(reader: FrameReader, flags: number, payload: Uint8Array): void {
    this.#heldFrame = new HeldFrame(this.#budget, this.queue, reader, flags, payload);
  }

  /**
   * Counts the memory that a decoded message of so many bytes takes beyond them, and returns it. Of
   * the small messages that wait, those of a random sample count for all.
   */
  measure(message: unknown, bytes: number): number {
    if (bytes >= MEASURED_BYTES) return this.#hold(extraBytesOf(message, bytes));
    if (this.queue.awaited) return 0;
    const messages = this.#sample.next(bytes);
    return messages === 0 ? 0 : this.#hold(Math.ceil(extraBytesOf(message, bytes) * messages));
  }

  /** Ends the stream for the handler with an error. */
  abandon(reason: RpcError): void {
    this.#heldFrame?.drop();
    this.#heldFrame = undefined;
    this.queue.abandon(reason);
  }

  /** Counts all out: the handler has returned. It may still read messages. */
  release(): void {
    if (this.#held > 0) this.#free(this.#held);
    this.#spare = 0;
  }

  #reserve(bytes: number): boolean {
    const budget = this.#budget;
    let more = bytes - this.#spare + this.#spareBytes;
    if (!budget.fits(more)) {
      more = bytes - this.#spare;
      if (!budget.fits(more)) return false;
    }
    budget.hold(more);
    this.#held += more;
    this.#spare += more;
    return true;
  }

  #hold(bytes: number): number {
    this.#budget.hold(bytes);
    this.#held += bytes;
    return bytes;
  }

  /** The handler has read messages that take so many bytes. */
  #read(bytes: number): void {
    if (this.#held === 0) return;
    this.#spare += bytes;
    if (this.queue.waiting === 0) this.#giveBack(this.#spare);
    else if (this.#spare > 2 * this.#spareBytes) this.#giveBack(this.#spare - this.#spareBytes);
  }

  #giveBack(bytes: number): void {
    this.#spare -= bytes;
    this.#free(bytes);
  }

  #free(bytes: number): void {
    this.#held -= bytes;
    this.#budget.free(bytes);
  }
}
