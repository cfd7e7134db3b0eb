import type { CaseUnion, ElementType, FieldType } from "@aster/codec";

/** The unions around a type. A union may contain itself. */
type Open = ReadonlySet<FieldType>;

const elementText = ({ type, nullable }: ElementType, open: Open): string =>
  typeText(type, open) + (nullable ? "?" : "");

const caseText = ([number, form]: readonly [number, ElementType], open: Open): string =>
  `${number}: ${elementText(form, open)}`;

const casesText = ({ named, cases }: CaseUnion, open: Open): string =>
  `union<${named.tag}, ${[...cases()].map((each) => caseText(each, open)).join(" | ")}>`;

const valueText = (value: string | number, number: number | undefined): string =>
  JSON.stringify(value) + (number === undefined ? "" : ` = ${number}`);

const enumText = (values: readonly (string | number)[], numbers?: readonly number[]): string =>
  `enum<${values.map((value, i) => valueText(value, numbers?.[i])).join(" | ")}>`;

/** A field type on one line, such as `map<string, list<demo/Point?>>`. A wire type is its tag. */
export function typeText(type: FieldType, open: Open = new Set()): string {
  switch (type.kind) {
    case "list":
    case "set":
      return `${type.kind}<${elementText(type.element, open)}>`;
    case "map":
      return `map<${elementText(type.key, open)}, ${elementText(type.value, open)}>`;
    case "array":
      return `array<${type.element}>`;
    case "enum":
      return enumText(type.values, type.numbers);
    case "ext":
      return `ext<${type.named.tag}, ${elementText(type.form, open)}>`;
    case "named_union":
      return open.has(type) ? type.named.tag : casesText(type, new Set(open).add(type));
    case "struct":
      return type.info().tag;
    case "union":
      return `union<${type.options.map((option) => option.info().tag).join(" | ")}>`;
    default:
      return type.kind;
  }
}
