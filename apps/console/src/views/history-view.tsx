import { useSignal } from "@preact/signals";
import type { Call } from "../state/call.ts";
import { clearHistory, history, show } from "../state/calls.ts";
import { linkTo } from "../state/route.ts";
import { CallActions } from "./call-actions.tsx";
import { countText, durationText, timeText } from "./format.ts";
import { SearchField } from "./search-field.tsx";
import { StatusBadge } from "./status-badge.tsx";

/** The calls of this page. */
export function HistoryView() {
  const wanted = useSignal("");
  const text = wanted.value.toLowerCase();
  const calls = history.value.filter((call) => searchable(call).includes(text));
  return (
    <article>
      <div class="toolbar">
        <h1>History</h1>
        <SearchField label="Filter" text={wanted} />
        <button type="button" class="small" onClick={clearHistory}>
          Clear
        </button>
      </div>
      {calls.length === 0 && <p class="hint">No calls</p>}
      <ul class="history">
        {calls.map((call) => (
          <Entry key={call.id} call={call} />
        ))}
      </ul>
    </article>
  );
}

function Entry({ call }: { call: Call }) {
  const { service, method, session, request } = call.choice;
  void call.replies.version.value;
  return (
    <li class="card">
      <div class="entry">
        <StatusBadge call={call} />
        <a href={linkTo({ view: "method", service, method })} onClick={() => show(call)}>
          {service}.{method}
        </a>
        {session !== undefined && <span class="dim">session #{session}</span>}
        <span class="dim">
          {timeText(call.startedAtMs)}
          {!call.isRunning && ` · ${durationText(call.durationMs.value)}`}
          {` · ${countText(call.replies.total)}`}
        </span>
      </div>
      <code class="line">{request ?? call.sent.value.join(" ")}</code>
      <CallActions call={call} />
    </li>
  );
}

function searchable({ choice, sent, error }: Call): string {
  const { service, method, request = sent.value.join(" ") } = choice;
  return `${service}.${method} ${request} ${error.value?.status ?? ""}`.toLowerCase();
}
