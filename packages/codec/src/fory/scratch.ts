/** Eight bytes in which numbers change their form. */
export const scratch: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(8));
export const scratchBytes: Uint8Array = new Uint8Array(scratch.buffer);
