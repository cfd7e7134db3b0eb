import { type Shape, shapeOf } from "../form/shape.ts";
import { jsonText } from "../json/exact-json.ts";
import type { MethodView, Schema } from "../protocol.ts";
import { serviceNamed } from "../state/peer.ts";
import { linkTo } from "../state/route.ts";
import { PATTERNS } from "./pattern-mark.tsx";
import { typeText } from "./type-text.ts";
import { UndescribedMethod } from "./undescribed-method.tsx";

/** A service and its contract. */
export function ServicePage({ name }: { name: string }) {
  const service = serviceNamed(name);
  if (service === undefined) return <p class="hint">The peer has no service {name}.</p>;
  return (
    <article>
      <h1>{service.name}</h1>
      <dl class="facts">
        <dt>Version</dt>
        <dd>{service.version}</dd>
        <dt>Contract</dt>
        <dd>
          <code>{service.contractId}</code>
        </dd>
        <dt>Scope</dt>
        <dd>{service.scoped}</dd>
        <dt>Modes</dt>
        <dd>{service.modes.join(", ")}</dd>
      </dl>
      {service.described ? (
        service.methods.map((method) => (
          <MethodContract key={method.name} service={service.name} method={method} />
        ))
      ) : (
        <UndescribedMethod key={service.name} service={service} />
      )}
    </article>
  );
}

function MethodContract({ service, method }: { service: string; method: MethodView }) {
  return (
    <section class="card">
      <h2>
        <a href={linkTo({ view: "method", service, method: method.name })}>{method.name}</a>{" "}
        <span class="badge">{PATTERNS[method.pattern].text}</span>
        {method.idempotent && <span class="badge">idempotent</span>}
        {method.requires !== "" && <span class="badge">needs {method.requires}</span>}
      </h2>
      <div class="columns">
        <Fields title="Request" type={method.requestType} schema={method.request} />
        <Fields title="Response" type={method.responseType} schema={method.response} />
      </div>
    </section>
  );
}

function Fields({ title, type, schema }: { title: string; type: string; schema: Schema }) {
  const shape: Shape = shapeOf(schema);
  const fields = shape.kind === "object" ? shape.fields() : [];
  return (
    <div>
      <h3>
        {title} <code class="dim">{type}</code>
      </h3>
      <table class="fields">
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <th scope="row">{field.name}</th>
              <td class="dim">{typeText(field.shape)}</td>
              <td class="dim">
                {field.required
                  ? "required"
                  : field.shape.schema.default !== undefined &&
                    `= ${jsonText(field.shape.schema.default)}`}
              </td>
            </tr>
          ))}
          {fields.length === 0 && (
            <tr>
              <td class="dim">no fields</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
