import { useSignal } from "@preact/signals";
import type { ServiceView } from "../protocol.ts";
import { services } from "../state/peer.ts";
import { linkTo, route } from "../state/route.ts";
import { PatternMark } from "./pattern-mark.tsx";
import { SearchField } from "./search-field.tsx";
import { SessionList } from "./session-list.tsx";

/** The services of the peer with their methods, and the open sessions. */
export function ServiceTree() {
  const wanted = useSignal("");
  const text = wanted.value.trim().toLowerCase();
  const found = services.value
    .map((service) => matching(service, text))
    .filter((service) => service !== undefined);
  return (
    <aside class="tree">
      <div class="search">
        <SearchField label="Search" placeholder="Search ( / )" text={wanted} />
      </div>
      <nav aria-label="Services" onKeyDown={moveFocus}>
        {found.length === 0 && text !== "" && <p class="hint">Nothing found</p>}
        <ul>
          {found.map((service) => (
            <Service key={service.name} service={service} />
          ))}
        </ul>
      </nav>
      <SessionList />
    </aside>
  );
}

/** The service with the methods that match, `undefined` if nothing does. */
function matching(service: ServiceView, text: string): ServiceView | undefined {
  if (service.name.toLowerCase().includes(text)) return service;
  const methods = service.methods.filter(({ name }) => name.toLowerCase().includes(text));
  return methods.length > 0 ? { ...service, methods } : undefined;
}

function Service({ service }: { service: ServiceView }) {
  const isFolded = useSignal(false);
  const { value: current } = route;
  const isCurrent = current.view === "service" && current.service === service.name;
  return (
    <li>
      <div class="service">
        <button
          type="button"
          class="plain fold"
          aria-expanded={!isFolded.value}
          aria-label={isFolded.value ? "Unfold" : "Fold"}
          onClick={() => {
            isFolded.value = !isFolded.value;
          }}
        >
          {isFolded.value ? "▸" : "▾"}
        </button>
        <a
          href={linkTo({ view: "service", service: service.name })}
          aria-current={isCurrent ? "page" : undefined}
        >
          {service.name}
        </a>
        <span class="dim">v{service.version}</span>
      </div>
      {!isFolded.value && (
        <ul>
          {service.methods.map((method) => (
            <li key={method.name}>
              <a
                class={method.permitted ? "method" : "method denied"}
                href={linkTo({ view: "method", service: service.name, method: method.name })}
                title={method.permitted ? undefined : `needs ${method.requires}`}
                aria-current={
                  current.view === "method" &&
                  current.service === service.name &&
                  current.method === method.name
                    ? "page"
                    : undefined
                }
              >
                <PatternMark pattern={method.pattern} />
                <span>{method.name}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** Moves the focus between the links with the arrow keys. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const links = [...event.currentTarget.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  links[at + step]?.focus();
  event.preventDefault();
}
