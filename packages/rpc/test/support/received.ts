/** Reads a stream of items to its end. */
export async function received(stream: AsyncIterable<{ readonly n: number }>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { n } of stream) numbers.push(n);
  return numbers;
}

/** Waits until nothing is on its way in memory. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
