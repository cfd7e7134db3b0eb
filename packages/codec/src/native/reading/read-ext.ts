import { fail } from "../../failure.ts";
import type { NativeReader } from "./native-reader.ts";

/** Memory of an instance, roughly. */
const instanceCost = 64;

/** The tag of an ext, and its form as values of their own. */
export function readExt(r: NativeReader, depth: number): object {
  const tag = r.textValue();
  const size = r.small();
  const start = r.take(size);
  const ext = r.extNamed(tag);
  if (!ext) throw fail("mismatch", `the type ${tag.slice(0, 80)} is not known here`);
  r.charge(instanceCost);
  const place = r.objects.push(undefined) - 1;
  r.pos = start;
  const object = ext.read(r, start + size, depth);
  r.objects[place] = object;
  return object;
}
