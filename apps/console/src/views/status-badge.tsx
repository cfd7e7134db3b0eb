import type { Call } from "../state/call.ts";

/** The state of a call, or the status of its end. */
export function StatusBadge({ call }: { call: Call }) {
  const { value: state } = call.state;
  const text =
    state === "running"
      ? call.paused.value
        ? "paused"
        : "running"
      : (call.error.value?.status ?? "OK");
  return <span class={`status ${state}`}>{text}</span>;
}
