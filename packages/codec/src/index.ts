export type { Float16Numbers } from "./array-schemas.ts";
export { bfloat16Array, boolArray, float16Array, uint8Array } from "./array-schemas.ts";
export type { Codec, CodecMode, CodecOptions, TypeCodec } from "./codec.ts";
export { createCodec } from "./codec.ts";
export type { CodecEngine, EngineCodec, EngineOptions } from "./codec-engine.ts";
export { canCompress, compressPayload, decompressPayload } from "./compress.ts";
export type { CodecErrorCode, CodecErrorOptions } from "./error.ts";
export { CodecError } from "./error.ts";
// For those who read wire types: contracts, servers, tools.
export type {
  ArrayElementKind,
  CaseUnion,
  ElementType,
  EnumType,
  ExtType,
  FieldType,
  FloatKind,
  IntegerKind,
  NamedSchema,
  ScalarKind,
  ScalarType,
  TypeName,
} from "./field-type.ts";
export type { ProfileChoice } from "./fory/profiles.ts";
export { profileOf } from "./fory/profiles.ts";
export { UnknownStruct } from "./fory/unknown-struct.ts";
export type { EngineChoice } from "./fory/xlang-codec.ts";
export type { JsonSchema } from "./json/json-schema.ts";
export { jsonSchemaOf } from "./json/json-schema.ts";
export type { CodecLimits } from "./limits.ts";
export { defaultLimits } from "./limits.ts";
export { snakeCase } from "./naming.ts";
export type { NativeCodec, NativeCodecOptions } from "./native/native-codec.ts";
export { nativeCodec } from "./native/native-codec.ts";
export { parseRowSchema } from "./row/parse-schema.ts";
export type { RowCodec, RowOptions } from "./row/row-codec.ts";
export { rowCodec } from "./row/row-codec.ts";
export type { DynamicRow, RowReader } from "./row/row-reader.ts";
export { rowReader } from "./row/row-reader.ts";
export type { RowElement, RowField, RowScalarKind, RowSchema, RowType } from "./row/row-schema.ts";
export type { RowList, RowMap, RowScalar, RowValue, RowView } from "./row/row-view.ts";
export {
  bfloat16,
  bytes,
  date,
  decimal,
  duration,
  fixedInt32,
  fixedInt64,
  fixedUint32,
  fixedUint64,
  float16,
  int8,
  int16,
  taggedInt64,
  taggedUint64,
  timestamp,
  uint8,
  uint16,
} from "./scalar-schemas.ts";
export type { NamedType, TypeScope } from "./type-scope.ts";
export { createTypeScope } from "./type-scope.ts";
export { TypedValue, typed } from "./typed-value.ts";
export type { EnumEntries, WireEnumOptions } from "./wire-enum.ts";
export { wireEnum } from "./wire-enum.ts";
export type { WireExtOptions } from "./wire-ext.ts";
export { wireExt } from "./wire-ext.ts";
export type { WireField, WireType, WireTypeInfo, WireTypeOptions } from "./wire-type.ts";
export { wireType, wireTypeInfo } from "./wire-type.ts";
export type { CaseSchemas, UnionCases, WireUnionOptions } from "./wire-union.ts";
export { wireUnion } from "./wire-union.ts";
