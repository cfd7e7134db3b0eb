import type { ErrorView } from "../protocol.ts";
import { JsonText } from "./json-text.tsx";

/** An error of a call or a connection. */
export function Problem({ error }: { error: ErrorView }) {
  const { status, reason, message, hint, details, declared } = error;
  const data = declared ?? (details && Object.keys(details).length > 0 ? details : undefined);
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{status}</strong>
        {reason !== "" && <span class="dim"> {reason}</span>}
      </p>
      <p>{message}</p>
      {hint !== "" && <p class="dim">{hint}</p>}
      {data !== undefined && <JsonText value={data} />}
    </div>
  );
}
