import { fail } from "../../failure.ts";
import type { NativeReader } from "../reading/native-reader.ts";
import { Checker, type NativeOp, undeclared } from "./checker.ts";

const noInstances: ReadonlyMap<object, NativeOp> = new Map();

/**
 * Checks a value that a reader has just read against its type. `tracks` returns true if a type or
 * field inside keeps references.
 */
export function checkDecoded(
  r: NativeReader,
  op: NativeOp,
  value: unknown,
  tracks: () => boolean,
): void {
  const strict = r.repeats && !r.keeps;
  if (strict && !tracks()) throw fail("mismatch", undeclared);
  if ((!op.check || (op.loose && !strict)) && r.instances.length === 0) return;
  const checker = new Checker(
    r.maxDepth,
    r.repeats || r.instances.length > 0,
    r.exact,
    strict ? (r.instances.length > 0 ? new Map(r.instances) : noInstances) : undefined,
  );
  checker.run(op, value);
  if (r.instances.length === 0) return;
  // those in places of any type
  for (const [object, struct] of r.instances) checker.run(struct, object, true);
}
