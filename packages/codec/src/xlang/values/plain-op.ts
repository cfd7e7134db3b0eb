import { fail } from "../../failure.ts";
import type { PlainOp } from "./value-op.ts";

/** An op whose type info is its type id alone. */
export function plainOp(
  typeId: number,
  write: PlainOp["write"],
  read: PlainOp["read"],
  cost: number,
  shape: string = String(typeId),
): PlainOp {
  const op: PlainOp = {
    typeId,
    shape,
    write,
    read,
    cost,
    writeInfo: (w) => w.putByte(typeId),
    readInfo(r) {
      const id = r.byte();
      if (id !== typeId) throw fail("mismatch", `type id ${typeId} expected, ${id} found`);
      return op;
    },
  };
  return op;
}
