import { signal } from "@preact/signals";

const SHOWN_MS = 2500;
const text = signal("");
/** A text that the browser did not let the page copy. */
const uncopied = signal("");
let timer = 0;

function notify(message: string): void {
  text.value = message;
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    text.value = "";
  }, SHOWN_MS);
}

/** Copies a text. Where the browser refuses, the text is shown to be copied by hand. */
export async function copy(copied: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(copied);
    notify("Copied");
  } catch {
    uncopied.value = copied;
  }
}

export function Notice() {
  return (
    <>
      <div class="notice" role="status">
        {text.value}
      </div>
      {uncopied.value !== "" && (
        <dialog open class="uncopied" aria-label="Text to copy">
          <textarea readOnly rows={8} aria-label="Text to copy" value={uncopied.value} />
          <button
            type="button"
            onClick={() => {
              uncopied.value = "";
            }}
          >
            Close
          </button>
        </dialog>
      )}
    </>
  );
}
