/**
 * The modes whose rules of compatibility differ, as servers offer them: `xlang1` is XLANG in
 * profile B, `xlang` in profile A.
 */
export type ComparedMode = "xlang1" | "xlang" | "native" | "row" | "json";

export const COMPARED_MODES: readonly ComparedMode[] = ["xlang1", "xlang", "native", "row", "json"];
