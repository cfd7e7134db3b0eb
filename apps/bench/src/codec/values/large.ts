/** A list of 1000 structs. */
export const points = {
  points: Array.from({ length: 1_000 }, (_, i) => ({
    id: i,
    x: i / 7,
    y: 100 - i / 3,
    label: `point ${i}`,
  })),
};

/** 1 MiB of float64. */
export const floats = { values: Float64Array.from({ length: 131_072 }, (_, i) => Math.sin(i)) };
