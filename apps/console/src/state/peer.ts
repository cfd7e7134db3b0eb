import { computed, signal } from "@preact/signals";
import type { MethodView, PeerView, ServiceView } from "../protocol.ts";
import { bridge } from "./bridge.ts";

/** The peer to which the page is connected. */
export const peer = signal<PeerView>({ state: "none" });

/** The options of the command line that its calls of the same peer need. */
export const commandOptions = signal<readonly string[]>([]);

/** The bridge can read the metrics of the peer. */
export const hasMetrics = signal(false);

/** The version of the command. */
export const version = signal("");

export const services = computed<readonly ServiceView[]>(() =>
  peer.value.state === "connected" ? peer.value.services : [],
);

/** The address of the peer, empty without one. */
export const address = computed(() => (peer.value.state === "none" ? "" : peer.value.address));

export function connect(to: string): void {
  bridge.send({ type: "connect", address: to.trim() });
}

export function serviceNamed(name: string): ServiceView | undefined {
  return services.value.find((service) => service.name === name);
}

export function methodNamed(service: string, method: string): MethodView | undefined {
  return serviceNamed(service)?.methods.find(({ name }) => name === method);
}

bridge.listen((message) => {
  if (message.type === "peer") peer.value = message.peer;
  if (message.type === "welcome") {
    commandOptions.value = message.options;
    hasMetrics.value = message.metrics;
    version.value = message.version;
  }
});
