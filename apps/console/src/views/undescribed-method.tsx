import { useSignal } from "@preact/signals";
import type { MethodView, Pattern, ServiceView } from "../protocol.ts";
import { shown } from "../state/calls.ts";
import { RequestForm } from "../state/request-form.ts";
import { CallView } from "./call-view.tsx";
import { PATTERNS } from "./pattern-mark.tsx";
import { RequestPanel } from "./request-panel.tsx";

/** A method of a service that the peer does not describe; the user knows its name. */
export function UndescribedMethod({ service }: { service: ServiceView }) {
  const name = useSignal("");
  const pattern = useSignal<Pattern>("unary");
  const form = useSignal(new RequestForm({ request: {} }));
  const method: MethodView = {
    ...{ name: name.value, pattern: pattern.value, requestType: "JSON", responseType: "JSON" },
    ...{ request: {}, response: {}, timeoutSeconds: null, idempotent: false },
    ...{ requires: "", permitted: true },
  };
  const call = shown.value.get(`${service.name}.${name.value}`);
  return (
    <>
      <p class="hint">
        The peer does not describe this service. Start the console with{" "}
        <code>--contract SOURCE</code> for its forms, or enter a method and JSON.
      </p>
      <div class="undescribed">
        <input
          aria-label="Method"
          placeholder="Method"
          spellcheck={false}
          value={name.value}
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value;
          }}
        />
        <select
          aria-label="Pattern"
          value={pattern.value}
          onChange={({ currentTarget }) => {
            pattern.value = currentTarget.value as Pattern;
          }}
        >
          {Object.entries(PATTERNS).map(([key, { text }]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      </div>
      {name.value !== "" && (
        <div class="columns">
          <RequestPanel service={service} method={method} form={form.value} call={call} />
          <section class="card" aria-label="Result">
            {call !== undefined && <CallView key={call.id} call={call} />}
          </section>
        </div>
      )}
    </>
  );
}
