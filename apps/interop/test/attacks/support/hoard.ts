import {
  bidiStream,
  bytes,
  clientStream,
  defineService,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { z } from "zod";

const Point = wireType("attacks/Point", { x: z.int(), y: z.int() });
export const Points = wireType("attacks/Points", { list: z.array(Point) });
export const Blob = wireType("attacks/Blob", { bytes: bytes() });
export const Size = wireType("attacks/Size", { bytes: z.int(), items: z.int() });
export const Numbers = wireType("attacks/Numbers", { set: z.set(z.number()) });

/** A service whose handlers keep requests for long, and answer much. */
export const Hoard = defineService(
  "Hoard",
  {},
  {
    /** Answers only when its signal aborts. */
    keep: unary(Blob, Blob),
    echo: unary(Blob, Blob),
    /** Answers with many bytes to a small request. */
    fill: unary(Size, Blob),
    pour: serverStream(Size, Blob),
    /** As `fill`, after a second. */
    fillLater: unary(Size, Blob),
    gather: unary(Numbers, Blob),
    /** Reads no request. */
    ignore: clientStream(Blob, Blob),
    chat: bidiStream(Points, Points),
  },
);
