import { EventOp, RecordHeader } from "../../src/quic/border.ts";
import type { NativeModule } from "../../src/quic/native.ts";

export interface Command {
  readonly op: number;
  readonly handle: number;
}

/** A native node whose events the test writes, and whose commands it reads. */
export class ScriptedNode {
  static last: ScriptedNode;
  readonly commands: Command[] = [];
  readonly #wake: () => void;
  #events: Uint8Array[] = [];

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
    this.#events.push(record);
  }

  /** A connection of the peer whose key has this byte again and again. */
  connection(handle: number, keyByte: number): void {
    this.event(EventOp.CONNECTION, handle, 1, Buffer.from([...Buffer.alloc(32, keyByte), 97]));
  }

  wake(): void {
    this.#wake();
  }

  drain(target: Uint8Array): number {
    let size = 0;
    for (const record of this.#events.splice(0)) {
      target.set(record, size);
      size += record.length;
    }
    return size;
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
