// A contract and its JSON messages, in a page and in Node alike.
import { createCodec } from "@aster/codec";
import {
  bytes,
  contractIdOf,
  defineService,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { timestamp } from "@aster/rpc/contract";
import { z } from "zod";

const Order = wireType("shop/Order", {
  item: z.string(),
  count: z.int64().default(1n),
  photo: bytes().optional(),
  at: timestamp().optional(),
});
const Receipt = wireType("shop/Receipt", { id: z.int(), orders: z.array(Order).default([]) });

export const Shop = defineService(
  "Shop",
  { version: 1 },
  { buy: unary(Order, Receipt), watch: serverStream(Order, Receipt) },
);

/** Returns the values on which a browser and Node have to agree. */
export function summary() {
  const codec = createCodec({ types: [Order, Receipt], mode: "json" });
  const receipt = {
    id: 7,
    orders: [{ item: "tea", count: 2n ** 60n, photo: Uint8Array.of(1, 2) }],
  };
  const encoded = codec.encode(Receipt, receipt);
  return {
    contractId: contractIdOf(Shop),
    encoded: new TextDecoder().decode(encoded),
    item: codec.decode(Receipt, encoded).orders[0]?.item,
    notFound: StatusCode.NOT_FOUND,
  };
}
