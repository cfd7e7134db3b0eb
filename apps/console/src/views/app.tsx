import { useEffect } from "preact/hooks";
import { bridge } from "../state/bridge.ts";
import { peer } from "../state/peer.ts";
import { type Route, route } from "../state/route.ts";
import { ActivityView } from "./activity-view.tsx";
import { ConnectForm } from "./connect-form.tsx";
import { Header } from "./header.tsx";
import { HistoryView } from "./history-view.tsx";
import { MethodPage } from "./method-page.tsx";
import { Notice } from "./notice.tsx";
import { Problem } from "./problem.tsx";
import { ServicePage } from "./service-page.tsx";
import { ServiceTree } from "./service-tree.tsx";

export function App() {
  useEffect(() => {
    const search = (event: KeyboardEvent): void => {
      const { target, key } = event;
      const isTyping = target instanceof Element && target.matches("input, textarea, select");
      if (key !== "/" || isTyping) return;
      event.preventDefault();
      document.querySelector<HTMLInputElement>(".tree input")?.focus();
    };
    addEventListener("keydown", search);
    return () => removeEventListener("keydown", search);
  }, []);
  return (
    <>
      <Header />
      {bridge.state.value === "closed" && (
        <p class="banner" role="alert">
          The command has ended. Start <code>aster console</code> again and open its new link.
        </p>
      )}
      <div class={isWide(route.value) ? "frame wide" : "frame"}>
        <ServiceTree />
        <main>
          <View route={route.value} />
        </main>
      </div>
      <Notice />
    </>
  );
}

/** On phones these views have no list of services above them. */
const isWide = ({ view }: Route): boolean => view === "history" || view === "activity";

function View({ route: to }: { route: Route }) {
  switch (to.view) {
    case "history":
      return <HistoryView />;
    case "activity":
      return <ActivityView />;
    case "service":
      return <ServicePage name={to.service} />;
    case "method":
      return <MethodPage service={to.service} method={to.method} />;
    default:
      return <Start />;
  }
}

function Start() {
  const { value: state } = peer;
  switch (state.state) {
    case "connecting":
      return <p class="hint">Connecting …</p>;
    case "failed":
      return (
        <section class="start">
          <h1>Not connected</h1>
          <Problem error={state.error} />
          <ConnectForm address={state.address} />
        </section>
      );
    case "none":
      return (
        <section class="start">
          <h1>Connect to a peer</h1>
          <ConnectForm address="" />
        </section>
      );
    default:
      return (
        <section class="start">
          <h1>
            {state.services.length === 0 ? "The peer offers nothing" : "Choose from the list"}
          </h1>
          <p class="hint">
            <kbd>/</kbd> finds an entry, <kbd>↑</kbd> <kbd>↓</kbd> move in the list, <kbd>Ctrl</kbd>{" "}
            <kbd>Enter</kbd> runs the form.
          </p>
        </section>
      );
  }
}
