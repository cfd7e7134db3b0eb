import { useSignal } from "@preact/signals";
import { type Call, streamsReplies } from "../state/call.ts";
import { CallActions } from "./call-actions.tsx";
import { durationText, timeText } from "./format.ts";
import { JsonText } from "./json-text.tsx";
import { Problem } from "./problem.tsx";
import { ReplyStream } from "./reply-stream.tsx";
import { StatusBadge } from "./status-badge.tsx";

/** A call with its replies and its end. */
export function CallView({ call }: { call: Call }) {
  const showsRequest = useSignal(false);
  const { value: error } = call.error;
  return (
    <>
      <div class="toolbar">
        <StatusBadge call={call} />
        <span class="dim">
          {timeText(call.startedAtMs)}
          {!call.isRunning && ` · ${durationText(call.durationMs.value)}`}
        </span>
      </div>
      {error !== undefined && <Problem error={error} />}
      {streamsReplies(call.choice.pattern) ? (
        <ReplyStream call={call} />
      ) : (
        <SingleReply call={call} />
      )}
      <details
        class="options"
        onToggle={({ currentTarget }) => {
          showsRequest.value = currentTarget.open;
        }}
      >
        <summary>Request</summary>
        {showsRequest.value && <SentRequests call={call} />}
      </details>
      <CallActions call={call} />
    </>
  );
}

function SingleReply({ call }: { call: Call }) {
  void call.replies.version.value;
  const { last } = call.replies;
  return last === undefined ? null : <JsonText text={last.text} />;
}

function SentRequests({ call }: { call: Call }) {
  const { request } = call.choice;
  if (request !== undefined) return <JsonText text={request} />;
  const left = call.sentTotal.value - call.sent.value.length;
  return (
    <>
      {call.sent.value.map((text, at) => (
        <JsonText key={at} text={text} />
      ))}
      {call.sent.value.length === 0 && <p class="hint">nothing was sent</p>}
      {left > 0 && <p class="hint">and {left} more</p>}
    </>
  );
}
