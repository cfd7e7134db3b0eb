import type { MethodView, ServiceView } from "../protocol.ts";
import { type Call, type CallChoice, streamsRequests } from "../state/call.ts";
import { begin } from "../state/calls.ts";
import type { RequestForm } from "../state/request-form.ts";
import { sessionFor } from "../state/sessions.ts";
import { DraftInputs } from "./draft-inputs.tsx";
import { Problem } from "./problem.tsx";
import { OptionInputs, optionsOf } from "./request-options.tsx";
import { SessionChoice } from "./session-choice.tsx";

export interface RequestPanelProps {
  readonly service: ServiceView;
  readonly method: MethodView;
  readonly form: RequestForm;
  /** The latest call of the method. */
  readonly call: Call | undefined;
}

/** The form of a request, and the buttons that begin, feed and end a call. */
export function RequestPanel({ service, method, form, call }: RequestPanelProps) {
  const inStream = streamsRequests(method.pattern);
  const running = call?.isRunning === true ? call : undefined;
  const start = (request: string | undefined): Call | undefined => {
    const options = optionsOf(form);
    if (options === undefined) return undefined;
    const choice: CallChoice = {
      service: service.name,
      method: method.name,
      pattern: method.pattern,
      session: service.scoped === "session" ? sessionFor(service.name) : undefined,
      request,
      ...options,
    };
    return begin(choice);
  };
  const send = (): void => {
    const request = form.request();
    if (request !== undefined) (running ?? start(undefined))?.send(request);
  };
  const submit = (): void => {
    if (running === undefined && inStream) start(undefined);
    else if (running === undefined) {
      const request = form.request();
      if (request !== undefined) start(request);
    } else if (inStream && !running.halfClosed.value) send();
  };
  return (
    <form
      class="card request"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (!submits(event)) return;
        event.preventDefault();
        submit();
      }}
    >
      <div class="toolbar">
        <h2>{method.requestType}</h2>
        <button type="button" class="small" onClick={() => form.reset()}>
          Reset
        </button>
        <button
          type="button"
          class="small"
          aria-pressed={form.json.value !== undefined}
          onClick={() => form.toggleJson()}
        >
          JSON
        </button>
      </div>
      {service.scoped === "session" && <SessionChoice service={service.name} />}
      <RequestInputs form={form} />
      <OptionInputs form={form} />
      <div class="actions">
        {running === undefined && (
          <button type="submit" class="primary">
            Call
          </button>
        )}
        {inStream && running?.halfClosed.value !== true && (
          <button type="button" onClick={send}>
            Send
          </button>
        )}
        {running !== undefined && (
          <button type="button" class="danger" onClick={() => running.stop()}>
            Stop
          </button>
        )}
        {inStream && <StreamState call={running} />}
      </div>
      {call?.refusal.value !== undefined && <Problem error={call.refusal.value} />}
    </form>
  );
}

/** Ctrl-Enter submits from everywhere, Enter from an input of one line. */
function submits({ key, target, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  if (key !== "Enter" || !(target instanceof HTMLElement)) return false;
  const isLine = target.matches("input, textarea[data-line]") && !shiftKey;
  return ctrlKey || metaKey || isLine;
}

function RequestInputs({ form }: { form: RequestForm }) {
  const { value: json } = form.json;
  return (
    <>
      {json === undefined ? (
        <DraftInputs draft={form.draft.value} name="" />
      ) : (
        <textarea
          class="code"
          aria-label="Request as JSON"
          rows={12}
          spellcheck={false}
          value={json}
          onInput={({ currentTarget }) => {
            form.json.value = currentTarget.value;
          }}
        />
      )}
      {form.problem.value !== "" && (
        <p class="wrong" role="alert">
          {form.problem.value}
        </p>
      )}
    </>
  );
}

function StreamState({ call }: { call: Call | undefined }) {
  if (call === undefined) return <span class="hint">Call opens the stream, Send adds to it.</span>;
  const waiting = call.waiting.value;
  return (
    <span class="hint">
      {call.sentTotal.value} sent{waiting > 0 && `, ${waiting} of them waiting`}
      {call.halfClosed.value ? "; Stop again cancels." : "; Stop ends the requests."}
    </span>
  );
}
