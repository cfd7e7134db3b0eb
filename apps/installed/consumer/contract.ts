// A library whose exports have inferred types, so that its declarations name types of Aster.
import { metrics } from "@aster/interceptors";
import {
  AsterClient,
  AsterServer,
  anyOf,
  bidiStream,
  bytes,
  type Client,
  clientStream,
  createLocalClient,
  createLocalSession,
  defineService,
  errorType,
  type Infer,
  implement,
  Metadata,
  openGate,
  RpcError,
  role,
  rpc,
  type ServiceDefinition,
  StatusCode,
  serverStream,
  service,
  unary,
  wireType,
} from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { fakeClock, faults, servicePair } from "@aster/rpc/testing";
import { z } from "zod";

export const Order = wireType("shop/Order", { item: z.string(), photo: bytes().optional() });
export const Receipt = wireType("shop/Receipt", {
  id: z.int(),
  orders: z.array(Order).default([]),
});
export const SoldOut = wireType("shop/SoldOut", { left: z.int() });
export const SoldOutError = errorType(SoldOut, { code: StatusCode.RESOURCE_EXHAUSTED });

export const Shop = defineService(
  "Shop",
  { version: 1, requires: anyOf("buyer", "clerk") },
  {
    buy: unary(Order, Receipt, { errors: { SoldOutError, SoldOut } }),
    watch: serverStream(Order, Receipt),
    buyAll: clientStream(Order, Receipt),
    haggle: bidiStream(Order, Receipt),
    count: unary({ item: z.string() }, { left: z.int() }),
  },
);
export const Basket = defineService("Basket", { scoped: "stream" }, { add: unary(Order, Receipt) });
export type Item = Infer<typeof Order>;
declare const timeoutMs: number | undefined;
declare const signal: AbortSignal | undefined;
export const withLimits = <T extends ServiceDefinition>(peer: AsterClient, service: T): Client<T> =>
  peer.client(service, { timeoutMs });
export const buy = (shop: Client<typeof Shop>) => shop.buy({ item: "tea" }, { timeoutMs, signal });
export class SoldOutFault extends RpcError {
  override name = "SoldOutFault" as const;
}
export const methods = { buy: unary(Order, Receipt), watch: serverStream(Order, Receipt) };

export const shop = implement(Shop, {
  buy: () => ({ id: 1 }),
  async *watch(order) {
    yield { id: 1, orders: [order] };
  },
  async buyAll(orders) {
    for await (const _order of orders);
    return { id: 1 };
  },
  async *haggle(orders) {
    for await (const order of orders) yield { id: 1, orders: [order] };
  },
  count: () => ({ left: 0 }),
});
export const basket = implement(Basket, () => ({ add: () => ({ id: 1 }) }));

@service("Till")
export class Till {
  @rpc(Order, Receipt)
  async pay(order: z.output<typeof Order>) {
    return { id: 1, orders: [order] };
  }
}

export const server = new Server({ services: [shop, basket] });
export const startServer = () =>
  AsterServer.start({ services: [shop, basket, new Till()], gate: openGate() });
export const connect = (address: string) => AsterClient.connect(address);
export const localShop = createLocalClient(Shop, server);
export const rows = createLocalClient(Shop, server, { rows: "view" });
export const localBasket = () => createLocalSession(Basket, server);

export async function clients(address: string) {
  const client = await connect(address);
  return {
    shop: client.client(Shop),
    till: client.client(Till),
    basket: await client.session(Basket),
    proxy: client.proxy("Shop"),
    node: client.node,
    services: client.services,
    state: client.state,
  };
}

export const left = (error: unknown) =>
  Shop.methods.buy.errors.SoldOut.is(error) ? error.data.left : undefined;
export const soldOut = () => RpcError.of(Shop.methods.buy.errors.SoldOut, { left: 0 });
export const metadata = Metadata.from({ a: "b" });
export const counted = metrics();
export const pair = () => servicePair({ services: [shop] });
export const lost = faults({ at: 1, direction: "toServer", do: "drop" });
export const clock = () => fakeClock();
export const requirement = role("admin");
