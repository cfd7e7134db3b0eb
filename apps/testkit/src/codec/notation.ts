/** A type as JSON. The notation is described in README.md, "Types and values as JSON". */
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
  /** The number of the field, which replaces its name on the wire. */
  readonly id?: number;
  /** Keeps shared objects shared. */
  readonly ref?: boolean;
  readonly default?: unknown;
}

interface Placed {
  readonly ns?: string;
  /** The number of the type, which replaces its name. */
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

/** A custom type that is encoded as values of `form`. */
export interface ExtText extends Placed {
  readonly ext: string;
  readonly form: TypeText;
}

export type Declaration = StructText | EnumText | UnionText | ExtText;

/** A type, value or request that breaks the notation, or that this codec does not support. */
export class NotationError extends Error {
  override readonly name = "NotationError";
  readonly code: "notation" | "unsupported";

  constructor(code: "notation" | "unsupported", message: string) {
    super(message);
    this.code = code;
  }
}

/** Returns the only key of a type such as `{"list": T}` and its value. */
export function parts(type: object): readonly [string, unknown] {
  const entries = Object.entries(type);
  const [first] = entries;
  if (first === undefined || entries.length !== 1) {
    throw new NotationError("notation", `not a type: ${JSON.stringify(type).slice(0, 80)}`);
  }
  return first;
}

/** Returns a type without `opt`. */
export function present(type: TypeText): TypeText {
  return typeof type === "object" && "opt" in type ? present(type.opt) : type;
}
