import { type Signal, signal } from "@preact/signals";
import { type Draft, draftValue, requestDraft } from "../form/draft.ts";
import { jsonText, parseJson, prettyJson } from "../json/exact-json.ts";
import type { MethodView } from "../protocol.ts";

/** The entries of the user for one method. */
export class RequestForm {
  readonly #method: Pick<MethodView, "request">;
  readonly draft: Signal<Draft>;
  /** The request as JSON, `undefined` while the form is used. */
  readonly json = signal<string | undefined>(undefined);
  /** The reason why the JSON cannot be used. */
  readonly problem = signal("");
  readonly metadata = signal("");
  readonly timeoutSeconds = signal("");
  readonly hasOptions = signal(false);

  constructor(method: Pick<MethodView, "request">) {
    this.#method = method;
    this.draft = signal(requestDraft(method.request));
  }

  /** Returns the request as JSON, `undefined` if something cannot be sent. */
  request(): string | undefined {
    try {
      this.problem.value = "";
      const { value: json } = this.json;
      return jsonText(json === undefined ? draftValue(this.draft.value) : parseJson(json));
    } catch (error) {
      this.problem.value = (error as Error).message;
      return undefined;
    }
  }

  /** Fills the form with a request. */
  fill(request: string): void {
    this.json.value = undefined;
    this.problem.value = "";
    this.draft.value = requestDraft(this.#method.request, parseJson(request));
  }

  /** Changes between fields and JSON, with the values that were entered. */
  toggleJson(): void {
    const { value: json } = this.json;
    try {
      this.problem.value = "";
      if (json !== undefined) this.fill(json);
      else this.json.value = prettyJson(draftValue(this.draft.value));
    } catch (error) {
      this.problem.value = (error as Error).message;
    }
  }

  reset(): void {
    this.json.value = undefined;
    this.problem.value = "";
    this.draft.value = requestDraft(this.#method.request);
  }
}

const forms = new WeakMap<MethodView, RequestForm>();

/** The form of a method. It keeps what was entered while other views are shown. */
export function formOf(method: MethodView): RequestForm {
  const form = forms.get(method) ?? new RequestForm(method);
  forms.set(method, form);
  return form;
}
