import { useSignal } from "@preact/signals";
import type { Call } from "../state/call.ts";
import type { Reply } from "../state/reply-log.ts";
import { countText, preciseTimeText } from "./format.ts";
import { JsonText } from "./json-text.tsx";
import { SearchField } from "./search-field.tsx";

const MOST_SHOWN = 200;
const LONGEST_LINE = 400;

/** The replies of a stream, the latest first. */
export function ReplyStream({ call }: { call: Call }) {
  const wanted = useSignal("");
  const { replies } = call;
  void replies.version.value;
  const { found, count } = replies.search(wanted.value, MOST_SHOWN);
  return (
    <div class="stream">
      <div class="toolbar">
        <output>{countText(replies.total)}</output>
        {replies.dropped > 0 && <span class="dim">{replies.dropped} old ones dropped</span>}
        <SearchField label="Filter" text={wanted} />
        {call.isRunning && (
          <button type="button" class="small" onClick={() => call.setPaused(!call.paused.value)}>
            {call.paused.value ? "Resume" : "Pause"}
          </button>
        )}
        <button
          type="button"
          class="small"
          disabled={replies.total === 0}
          onClick={() => save(call, wanted.value)}
        >
          Export
        </button>
      </div>
      <ol class="replies">
        {found.map((reply) => (
          <ReplyLine key={reply.number} reply={reply} />
        ))}
      </ol>
      {count > found.length && (
        <p class="hint">and {count - found.length} earlier ones; Export writes all of them</p>
      )}
    </div>
  );
}

function ReplyLine({ reply }: { reply: Reply }) {
  const isOpen = useSignal(false);
  const line = reply.text.slice(0, LONGEST_LINE);
  return (
    <li>
      <details
        onToggle={({ currentTarget }) => {
          isOpen.value = currentTarget.open;
        }}
      >
        <summary>
          <span class="number">{reply.number}</span>
          <time class="dim">{preciseTimeText(reply.atMs)}</time>
          <code>{reply.text.length > LONGEST_LINE ? `${line}…` : line}</code>
        </summary>
        {isOpen.value && <JsonText text={reply.text} />}
      </details>
    </li>
  );
}

/** Saves the replies that the filter leaves, one a line. */
function save(call: Call, wanted: string): void {
  const text = wanted.toLowerCase();
  const lines = call.replies
    .kept()
    .filter((reply) => reply.text.toLowerCase().includes(text))
    .map((reply) => `${reply.text}\n`);
  const url = URL.createObjectURL(new Blob(lines, { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${call.choice.service}.${call.choice.method}-${call.id}.ndjson`;
  link.click();
  // after the browser has begun to read it
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
