import { useId } from "preact/hooks";
import {
  type BooleanDraft,
  type Draft,
  draftOf,
  type ListDraft,
  setNull,
  type TextDraft,
} from "../form/draft.ts";
import { typeText } from "./type-text.ts";

interface InputProps<D extends Draft> {
  readonly draft: D;
  /** The name of the field; empty for the request itself. */
  readonly name: string;
  readonly required?: boolean;
}

/** The inputs of a value, by its shape. */
export function DraftInputs({ draft, name, required = true }: InputProps<Draft>) {
  if ("text" in draft) return <TextInput draft={draft} name={name} required={required} />;
  if ("checked" in draft) return <Checkbox draft={draft} name={name} />;
  const inner = "fields" in draft ? <ObjectInputs draft={draft} /> : <ListInputs draft={draft} />;
  if (name === "") return <div class="inputs">{inner}</div>;
  return (
    <fieldset class="inputs">
      <legend>
        {name} <span class="type">{typeText(draft.shape)}</span> <NullToggle draft={draft} />
      </legend>
      {!draft.isNull.value && inner}
    </fieldset>
  );
}

function ObjectInputs({ draft }: { draft: Extract<Draft, { fields: unknown }> }) {
  const { value: fields } = draft.fields;
  if (fields.length === 0) return <p class="hint">no fields</p>;
  return (
    <>
      {fields.map(({ field, draft: inner }) => (
        <DraftInputs key={field.name} draft={inner} name={field.name} required={field.required} />
      ))}
    </>
  );
}

function ListInputs({ draft }: { draft: ListDraft }) {
  const { value: items } = draft.items;
  const remove = (item: Draft): void => {
    draft.items.value = items.filter((each) => each !== item);
  };
  return (
    <>
      {items.map((item, at) => (
        <div class="item" key={at}>
          <DraftInputs draft={item} name={`${at + 1}`} />
          <button type="button" class="small remove" onClick={() => remove(item)}>
            Remove
          </button>
        </div>
      ))}
      <button
        type="button"
        class="small add"
        onClick={() => {
          draft.items.value = [...items, draftOf(draft.shape.item())];
        }}
      >
        Add
      </button>
    </>
  );
}

function Checkbox({ draft, name }: InputProps<BooleanDraft>) {
  const id = useId();
  return (
    <div class="input check">
      <input
        id={id}
        type="checkbox"
        checked={draft.checked.value && !draft.isNull.value}
        onChange={({ currentTarget }) => {
          draft.isNull.value = false;
          draft.checked.value = currentTarget.checked;
        }}
      />
      <label for={id}>{name}</label>
      <span class="type">{typeText(draft.shape)}</span>
      <NullToggle draft={draft} />
    </div>
  );
}

function TextInput({ draft, name, required = true }: InputProps<TextDraft>) {
  const id = useId();
  const { shape, isNull, problem, text } = draft;
  const common = {
    id,
    "aria-describedby": `${id}-type`,
    "aria-invalid": problem.value !== "",
    "aria-required": required && shape.kind !== "string",
    spellcheck: false,
    autocomplete: "off",
    value: isNull.value ? "" : text.value,
    placeholder: isNull.value ? "null" : PLACEHOLDERS[shape.kind],
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => {
      isNull.value = false;
      problem.value = "";
      text.value = currentTarget.value;
    },
  };
  return (
    <div class="input">
      <div class="caption">
        <label for={id}>{name || "JSON"}</label>
        <span class="type" id={`${id}-type`}>
          {typeText(shape)}
          {shape.schema.description !== undefined && ` · ${shape.schema.description}`}
        </span>
        <NullToggle draft={draft} />
      </div>
      {shape.kind === "enum" ? (
        <select {...common}>
          {(!required || shape.nullable || text.value === "") && <option value="">–</option>}
          {shape.options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      ) : shape.kind === "string" ? (
        // Enter submits, and Shift-Enter begins another line
        <textarea {...common} data-line rows={text.value.includes("\n") ? 4 : 1} />
      ) : shape.kind === "number" || shape.kind === "integer" ? (
        <input {...common} inputMode={shape.kind === "integer" ? "numeric" : "decimal"} />
      ) : (
        <textarea {...common} class="code" rows={rowsOf(text.value)} />
      )}
      {problem.value !== "" && (
        <span class="wrong" role="alert">
          {problem.value}
        </span>
      )}
    </div>
  );
}

function NullToggle({ draft }: { draft: Draft }) {
  if (!draft.shape.nullable) return null;
  return (
    <button
      type="button"
      class="small null"
      aria-pressed={draft.isNull.value}
      onClick={() => setNull(draft, !draft.isNull.value)}
    >
      null
    </button>
  );
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  lines: "one value a line, or a JSON list",
  pairs: "key=value, one a line, or a JSON object",
  json: "JSON",
};

const rowsOf = (text: string): number => Math.min(10, Math.max(2, text.split("\n").length));
