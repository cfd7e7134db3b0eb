/** Types and values as JSON; README.md, "Types and values as JSON", says what they mean. */
export type TypeText =
  | string
  | { readonly list: TypeText }
  | { readonly set: TypeText }
  | { readonly map: readonly [TypeText, TypeText] }
  | { readonly opt: TypeText }
  | { readonly array: string }
  | { readonly type: string };

export interface FieldText {
  readonly name: string;
  readonly type: TypeText;
  /** The field's number, in place of its name. */
  readonly id?: number;
  readonly ref?: boolean;
  readonly default?: unknown;
}

interface Placed {
  readonly ns?: string;
  /** The type's number, in place of its name. */
  readonly id?: number;
}

export interface StructText extends Placed {
  readonly struct: string;
  readonly fields: readonly FieldText[];
}

export interface EnumText extends Placed {
  readonly enum: string;
  readonly values: Readonly<Record<string, number>>;
}

export interface UnionText extends Placed {
  readonly union: string;
  readonly cases: Readonly<Record<string, TypeText>>;
}

/** A type of its own, which travels as values of `form`. */
export interface ExtText extends Placed {
  readonly ext: string;
  readonly form: TypeText;
}

export type Declaration = StructText | EnumText | UnionText | ExtText;

/** A type, a value or a request that breaks the notation, or says what this codec has no form for. */
export class NotationError extends Error {
  override readonly name = "NotationError";
  readonly code: "notation" | "unsupported";

  constructor(code: "notation" | "unsupported", message: string) {
    super(message);
    this.code = code;
  }
}

/** The one key and its value of a type such as `{"list": T}`. */
export function parts(type: object): readonly [string, unknown] {
  const entries = Object.entries(type);
  const [first] = entries;
  if (first === undefined || entries.length !== 1) {
    throw new NotationError("notation", `no type: ${JSON.stringify(type).slice(0, 80)}`);
  }
  return first;
}

/** The type without what makes it optional. */
export function present(type: TypeText): TypeText {
  return typeof type === "object" && "opt" in type ? present(type.opt) : type;
}
