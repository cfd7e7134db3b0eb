import type { CallChoice } from "../state/call.ts";
import type { RequestForm } from "../state/request-form.ts";

/** The metadata and the timeout of a call, shown on demand. */
export function OptionInputs({ form }: { form: RequestForm }) {
  return (
    <details
      class="options"
      open={form.hasOptions.value}
      onToggle={({ currentTarget }) => {
        form.hasOptions.value = currentTarget.open;
      }}
    >
      <summary>Options</summary>
      {form.hasOptions.value && (
        <div class="inputs">
          <div class="input">
            <label for="call-metadata">Metadata</label>
            <textarea
              id="call-metadata"
              rows={2}
              spellcheck={false}
              placeholder="key=value, one a line"
              value={form.metadata.value}
              onInput={({ currentTarget }) => {
                form.metadata.value = currentTarget.value;
              }}
            />
          </div>
          <div class="input">
            <label for="call-timeout">Timeout in seconds</label>
            <input
              id="call-timeout"
              inputMode="decimal"
              value={form.timeoutSeconds.value}
              onInput={({ currentTarget }) => {
                form.timeoutSeconds.value = currentTarget.value;
              }}
            />
          </div>
        </div>
      )}
    </details>
  );
}

/** Reads the options. Sets the problem of the form and returns `undefined` for wrong ones. */
export function optionsOf(
  form: RequestForm,
): Pick<CallChoice, "metadata" | "timeoutMs"> | undefined {
  const lines = form.metadata.value.split("\n").filter((line) => line.trim() !== "");
  const metadata = lines.map((line): [string, string] => {
    const at = line.indexOf("=");
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  const { value: timeout } = form.timeoutSeconds;
  const timeoutMs = timeout.trim() === "" ? undefined : Number(timeout) * 1000;
  if (lines.some((line) => line.indexOf("=") < 1)) {
    form.problem.value = "metadata takes key=value, one a line";
  } else if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs <= 86_400_000)) {
    form.problem.value = "the timeout takes seconds up to 86400";
  } else return { metadata, timeoutMs };
  return undefined;
}
