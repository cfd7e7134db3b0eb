import type { Signal } from "@preact/signals";

/** A search field whose text is the value of the signal. */
export function FilterField({ text }: { readonly text: Signal<string> }) {
  return (
    <input
      type="search"
      aria-label="Filter"
      placeholder="Filter"
      value={text.value}
      onInput={({ currentTarget }) => {
        text.value = currentTarget.value;
      }}
    />
  );
}
