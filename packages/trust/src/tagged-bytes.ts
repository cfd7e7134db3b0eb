/**
 * The bytes to sign or to authenticate for one purpose: `aster/<purpose>/v1`, a zero byte, then the
 * length of each field as big-endian u32 and the field. Neither fields nor purposes can be taken
 * for each other. Texts are UTF-8.
 */
export function taggedBytes(purpose: string, fields: readonly (string | Uint8Array)[]): Uint8Array {
  const parts = [Buffer.from(`aster/${purpose}/v1\0`)];
  for (const field of fields) {
    const bytes = typeof field === "string" ? Buffer.from(field) : field;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, Buffer.from(bytes));
  }
  return new Uint8Array(Buffer.concat(parts));
}
