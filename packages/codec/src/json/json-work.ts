import { fail } from "../failure.ts";
import type { ScalarType } from "../schema/field-type.ts";
import type { JsonOp } from "./json-op.ts";

// Costs as in `CodecLimits.graphBytes`, in addition to those of the text.
/** Cost of a field of a struct, which takes no bytes where the field is missing. */
export const fieldCost = 50;
const setCost = 150;
const itemCost = 340;
const bigintCost = 60;

/** The budget for converting parsed JSON. The decoder of a message sets it. */
export class JsonWork {
  left = 0;

  spend(cost: number): void {
    this.left -= cost;
    if (this.left < 0) throw fail("limit", "the message takes too much memory or time");
  }
}

/** The op of a scalar, with the cost of reading it. */
export function countedScalar(type: ScalarType, op: JsonOp, work: JsonWork): JsonOp {
  const cost = costOf(type);
  if (cost === 0) return op;
  return {
    ...op,
    read(json, depth) {
      work.spend(cost);
      return op.read(json, depth);
    },
  };
}

/** The op of a set or array of bigints, with the cost of its elements. */
export function countedItems(form: "set" | "bigints", op: JsonOp, work: JsonWork): JsonOp {
  const [cost, each] = form === "set" ? [setCost, itemCost] : [0, bigintCost];
  return {
    ...op,
    read(json, depth) {
      work.spend(cost + (Array.isArray(json) ? json.length * each : 0));
      return op.read(json, depth);
    },
  };
}

function costOf(type: ScalarType): number {
  switch (type.kind) {
    case "timestamp":
      return type.as === "bigint" ? 1_300 : 760;
    case "date":
      return 320;
    case "duration":
      return 200;
    case "decimal":
      return 60;
    case "binary":
      return 320;
    default:
      return type.as === "bigint" ? bigintCost : 0;
  }
}
