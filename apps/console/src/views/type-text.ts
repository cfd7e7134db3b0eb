import type { Shape } from "../form/shape.ts";

/** Names the type of a value for people. */
export function typeText(shape: Shape): string {
  return shape.nullable ? `${base(shape)}?` : base(shape);
}

function base(shape: Shape): string {
  const { format, contentEncoding } = shape.schema;
  switch (shape.kind) {
    case "string":
      return contentEncoding ?? format ?? "string";
    case "integer":
      return format ?? "integer";
    case "enum":
      return shape.options.join(" | ");
    case "lines":
      return `list of ${shape.item}`;
    case "pairs":
      return `map of ${shape.item}`;
    case "list":
      return `list of ${base(shape.item())}`;
    default:
      return shape.kind;
  }
}
