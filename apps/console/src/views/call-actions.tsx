import { commandOf } from "../copy/command.ts";
import { typescriptOf } from "../copy/typescript.ts";
import type { Call } from "../state/call.ts";
import { commandOptions, methodNamed } from "../state/peer.ts";
import { formOf } from "../state/request-form.ts";
import { go } from "../state/route.ts";
import { copy } from "./notice.tsx";

/** The buttons of a call. */
export function CallActions({ call }: { call: Call }) {
  const { service, method, request } = call.choice;
  const found = methodNamed(service, method);
  const latest = request ?? call.sent.value.at(-1);
  return (
    <div class="actions">
      <button
        type="button"
        class="small"
        onClick={() => void copy(commandOf(call, commandOptions.value))}
      >
        Copy as command
      </button>
      <button type="button" class="small" onClick={() => void copy(typescriptOf(call))}>
        Copy as TypeScript
      </button>
      {found !== undefined && latest !== undefined && (
        <button
          type="button"
          class="small"
          onClick={() => {
            formOf(found).fill(latest);
            go({ view: "method", service, method });
          }}
        >
          Edit
        </button>
      )}
    </div>
  );
}
