import type { ElementType, FieldType } from "@aster/codec";

const elementText = ({ type, nullable }: ElementType): string =>
  typeText(type) + (nullable ? "?" : "");

const valueText = (value: string | number, number: number | undefined): string =>
  JSON.stringify(value) + (number === undefined ? "" : ` = ${number}`);

/** A field type on one line, `map<string, list<demo/Point?>>`; wire types stand as their tags. */
export function typeText(type: FieldType): string {
  switch (type.kind) {
    case "list":
    case "set":
      return `${type.kind}<${elementText(type.element)}>`;
    case "map":
      return `map<${elementText(type.key)}, ${elementText(type.value)}>`;
    case "array":
      return `array<${type.element}>`;
    case "enum":
      return `enum<${type.values.map((value, i) => valueText(value, type.numbers?.[i])).join(" | ")}>`;
    case "ext":
      return `ext<${type.named.tag}, ${elementText(type.form)}>`;
    case "struct":
      return type.info().tag;
    case "union":
      return `union<${type.options.map((option) => option.info().tag).join(" | ")}>`;
    default:
      return type.kind;
  }
}
