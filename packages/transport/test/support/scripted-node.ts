import { EventOp, Limit, RecordHeader } from "../../src/quic/border.ts";
import type { NativeModule } from "../../src/quic/native.ts";

export interface Command {
  readonly op: number;
  readonly handle: number;
}

const ofNode = new Set<number>([EventOp.OPENED, EventOp.CONNECTION, EventOp.READY, EventOp.DOWN]);

/** A native node whose events the test writes, and whose commands it reads. */
export class ScriptedNode {
  static last: ScriptedNode;
  readonly commands: Command[] = [];
  readonly #wake: () => void;
  /** By connection; 0 stands for the node. */
  readonly #events = new Map<number, Uint8Array[]>();
  /** The connections of streams. */
  readonly #streams = new Map<number, number>();

  constructor(_init: unknown, wake: () => void) {
    this.#wake = wake;
    ScriptedNode.last = this;
  }

  event(
    op: number,
    handle: number,
    arg = 0,
    payload: Uint8Array = new Uint8Array(0),
    flags = 0,
  ): void {
    const record = new Uint8Array(RecordHeader.BYTES + payload.length);
    const view = new DataView(record.buffer);
    view.setUint8(RecordHeader.OP_AT, op);
    view.setUint8(RecordHeader.FLAGS_AT, flags);
    view.setUint32(RecordHeader.HANDLE_AT, handle, true);
    view.setUint32(RecordHeader.ARG_AT, arg, true);
    view.setUint32(RecordHeader.LENGTH_AT, payload.length, true);
    record.set(payload, RecordHeader.BYTES);
    if (op === EventOp.STREAM) this.#streams.set(handle, arg);
    const connection = ofNode.has(op) ? 0 : (this.#streams.get(handle) ?? handle);
    const events = this.#events.get(connection) ?? [];
    if (connection !== 0 && events.length === 0) this.event(EventOp.READY, connection);
    events.push(record);
    this.#events.set(connection, events);
  }

  /** A connection of the peer whose key has this byte again and again. */
  connection(handle: number, keyByte: number): void {
    this.event(EventOp.CONNECTION, handle, 1, Buffer.from([...Buffer.alloc(32, keyByte), 97]));
  }

  wake(): void {
    this.#wake();
  }

  drain(target: Uint8Array, connection: number): number {
    let size = 0;
    const events = this.#events.get(connection) ?? [];
    while (size + (events[0]?.length ?? Number.POSITIVE_INFINITY) <= target.length) {
      const record = events.shift() as Uint8Array;
      target.set(record, size);
      size += record.length;
    }
    return events.length > 0 ? size + Limit.MORE_BIT : size;
  }

  giveBack(connection: number, source: Uint8Array, start: number, end: number): void {
    this.#events.get(connection)?.unshift(source.slice(start, end));
  }

  submit(batch: Uint8Array, used: number): void {
    const view = new DataView(batch.buffer, batch.byteOffset, used);
    for (let at = 0; at < used; ) {
      const op = view.getUint8(at + RecordHeader.OP_AT);
      this.commands.push({ op, handle: view.getUint32(at + RecordHeader.HANDLE_AT, true) });
      at += RecordHeader.BYTES + view.getUint32(at + RecordHeader.LENGTH_AT, true);
    }
  }

  detach(): void {}
}

export const scriptedModule = { NativeNode: ScriptedNode } as unknown as NativeModule;
