import { signal } from "@preact/signals";
import type { BridgeMessage, PageMessage } from "../protocol.ts";

type Listener = (message: BridgeMessage) => void;

/** The WebSocket to the command. */
class Bridge {
  /** `closed` when the command has ended; the page keeps what it has. */
  readonly state = signal<"connecting" | "open" | "closed">("connecting");
  readonly #listeners = new Set<Listener>();
  #socket: WebSocket | undefined;

  open(): void {
    const socket = new WebSocket(`ws://${location.host}/bridge`);
    this.#socket = socket;
    socket.onopen = () => {
      this.state.value = "open";
    };
    socket.onclose = () => {
      this.state.value = "closed";
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as BridgeMessage;
      for (const listener of this.#listeners) listener(message);
    };
  }

  send(message: PageMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Calls `listener` with all messages from now on. */
  listen(listener: Listener): void {
    this.#listeners.add(listener);
  }
}

export const bridge = new Bridge();
