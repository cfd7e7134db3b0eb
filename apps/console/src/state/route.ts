import { signal } from "@preact/signals";

export type Route =
  | { readonly view: "start" | "history" | "activity" }
  | { readonly view: "service"; readonly service: string }
  | { readonly view: "method"; readonly service: string; readonly method: string };

/** The view that the address names, after its `#`. */
export const route = signal<Route>(read());

/** Returns the link to a view. */
export function linkTo(to: Route): string {
  const parts =
    to.view === "service"
      ? ["service", to.service]
      : to.view === "method"
        ? ["method", to.service, to.method]
        : [to.view];
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

export function go(to: Route): void {
  location.hash = linkTo(to);
}

function read(): Route {
  const [view, service = "", method = ""] = location.hash
    .replace(/^#\/?/, "")
    .split("/")
    .map(decoded);
  if (view === "history" || view === "activity") return { view };
  if (view === "service") return { view, service };
  if (view === "method") return { view, service, method };
  return { view: "start" };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

addEventListener("hashchange", () => {
  route.value = read();
});
