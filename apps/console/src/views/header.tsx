import { useSignal } from "@preact/signals";
import { history } from "../state/calls.ts";
import { peer } from "../state/peer.ts";
import { linkTo, type Route, route } from "../state/route.ts";
import { type Theme, theme } from "../state/theme.ts";
import { ConnectForm } from "./connect-form.tsx";
import { copy } from "./notice.tsx";

const STATES = {
  none: "not connected",
  connecting: "connecting",
  failed: "not connected",
  connected: "connected",
} as const;

export function Header() {
  const { view } = route.value;
  return (
    <header class="bar">
      <a class="brand" href={linkTo({ view: "start" })}>
        <img src="/icon.svg" alt="" width={18} height={18} />
        Aster
      </a>
      <nav class="tabs" aria-label="Views">
        <Tab to={{ view: "start" }} current={!["history", "activity"].includes(view)}>
          Explore
        </Tab>
        <Tab to={{ view: "history" }} current={view === "history"}>
          History <Running />
        </Tab>
        <Tab to={{ view: "activity" }} current={view === "activity"}>
          Activity
        </Tab>
      </nav>
      <PeerMenu />
      <ThemeButton />
    </header>
  );
}

function Tab({
  to,
  current,
  children,
}: {
  to: Route;
  current: boolean;
  children: preact.ComponentChildren;
}) {
  return (
    <a href={linkTo(to)} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}

function Running() {
  const running = history.value.filter((call) => call.isRunning).length;
  return running > 0 ? <span class="count">{running}</span> : null;
}

function PeerMenu() {
  const isOpen = useSignal(false);
  const { value: current } = peer;
  const id = current.state === "connected" ? current.endpointId : undefined;
  return (
    <details
      class="peer"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>
        <span class={`dot ${current.state}`} aria-hidden="true" />
        <span class="state">{STATES[current.state]}</span>
        {id !== undefined && <code>{id.slice(0, 10)}</code>}
      </summary>
      {isOpen.value && (
        <div class="sheet">
          {id !== undefined && (
            <dl class="facts">
              <dt>Endpoint</dt>
              <dd>
                <code>{id}</code>
              </dd>
            </dl>
          )}
          {current.state !== "none" && (
            <button type="button" onClick={() => void copy(current.address)}>
              Copy address
            </button>
          )}
          <ConnectForm address={current.state === "none" ? "" : current.address} />
        </div>
      )}
    </details>
  );
}

const NEXT: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };
const SIGNS: Readonly<Record<Theme, string>> = { auto: "◐", light: "○", dark: "●" };

function ThemeButton() {
  return (
    <button
      type="button"
      class="plain"
      aria-label={`Colours: ${theme.value}`}
      title={`Colours: ${theme.value}`}
      onClick={() => {
        theme.value = NEXT[theme.value];
      }}
    >
      {SIGNS[theme.value]}
    </button>
  );
}
