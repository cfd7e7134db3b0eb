import { render } from "preact";
import { startActivity } from "./state/activity.ts";
import { bridge } from "./state/bridge.ts";
import "./state/theme.ts";
import { App } from "./views/app.tsx";

// the one-time token was used by this load
if (location.search !== "") history.replaceState(null, "", `/${location.hash}`);
bridge.open();
startActivity();
const root = document.getElementById("app");
if (root !== null) render(<App />, root);
