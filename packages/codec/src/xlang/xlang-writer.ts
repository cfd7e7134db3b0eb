import { ByteWriter } from "../bytes/byte-writer.ts";

/**
 * The number under which a value was written, and the shape that it was written as. In a field of
 * another shape it is written again.
 */
export interface Reference {
  readonly id: number;
  readonly shape: string;
  readonly next: Reference | undefined;
}

/**
 * Writes one message in XLANG, and holds what the message has introduced so far: names, definitions
 * of types, and values that references may point to. A codec uses one writer for message after
 * message.
 */
export class XlangWriter extends ByteWriter {
  /** A number that differs from message to message, so that a type name is written once in each. */
  message = 0;
  /** The number of names in the message. */
  names = 0;
  /** The number of the empty namespace among them, or −1. */
  emptyName = -1;
  /** Numbers of the names by their bytes, in profiles that write equal names once. */
  nameIds: Map<string, number> | undefined = undefined;
  /** The number of definitions in the message. */
  definitions = 0;
  /** True if elements of containers keep references too, as the root type declares. */
  tracking = false;
  /** True if all types keep references, as the options of the codec ask. */
  keeps = false;
  /** Values that references may point to. */
  references: Map<unknown, Reference> | undefined = undefined;
  referenceCount = 0;

  /** Starts a message at a position of the buffer. */
  begin(message: number, offset: number, tracking: boolean): void {
    this.message = message;
    this.names = 0;
    this.nameIds = undefined;
    this.emptyName = -1;
    this.definitions = 0;
    this.tracking = tracking;
    this.references = undefined;
    this.referenceCount = 0;
    this.pos = offset;
  }
}
