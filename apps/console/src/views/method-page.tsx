import { shown } from "../state/calls.ts";
import { methodNamed, peer, serviceNamed } from "../state/peer.ts";
import { formOf } from "../state/request-form.ts";
import { linkTo } from "../state/route.ts";
import { CallView } from "./call-view.tsx";
import { PATTERNS } from "./pattern-mark.tsx";
import { RequestPanel } from "./request-panel.tsx";

/** The form of a method and its latest call. */
export function MethodPage({ service, method: name }: { service: string; method: string }) {
  const method = methodNamed(service, name);
  const offer = serviceNamed(service);
  if (method === undefined || offer === undefined) {
    const isOpen = peer.value.state === "connected";
    return <p class="hint">{isOpen ? `The peer has no ${service}.${name}.` : "Not connected"}</p>;
  }
  const call = shown.value.get(`${service}.${name}`);
  return (
    <article>
      <h1>
        <a class="dim" href={linkTo({ view: "service", service })}>
          {service}
        </a>
        <span class="dim">.</span>
        {name}
      </h1>
      <p class="badges">
        <span class="badge">{PATTERNS[method.pattern].text}</span>
        {offer.scoped === "session" && <span class="badge">in a session</span>}
        {method.idempotent && <span class="badge">idempotent</span>}
        {method.timeoutSeconds !== null && (
          <span class="badge">timeout {method.timeoutSeconds} s</span>
        )}
        {method.requires !== "" && (
          <span class={method.permitted ? "badge" : "badge wrong"}>needs {method.requires}</span>
        )}
      </p>
      <div class="columns">
        <RequestPanel
          key={`${service}.${name}`}
          service={offer}
          method={method}
          form={formOf(method)}
          call={call}
        />
        <section class="card" aria-label="Result">
          {call === undefined ? (
            <p class="hint">The replies will be here.</p>
          ) : (
            <CallView key={call.id} call={call} />
          )}
        </section>
      </div>
    </article>
  );
}
