import type { Signal } from "@preact/signals";

interface SearchFieldProps {
  readonly label: string;
  /** Default: the label. */
  readonly placeholder?: string;
  readonly text: Signal<string>;
}

/** A search field whose text is the value of the signal. */
export function SearchField({ label, placeholder = label, text }: SearchFieldProps) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={text.value}
      onInput={({ currentTarget }) => {
        text.value = currentTarget.value;
      }}
    />
  );
}
