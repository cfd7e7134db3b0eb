/** Receives one text per thing worth knowing; never called twice for one type. */
export type WarningHandler = (text: string) => void;

const toProcess: WarningHandler = (text) => {
  const runtime = globalThis.process as { emitWarning?: typeof process.emitWarning } | undefined;
  runtime?.emitWarning?.(text, { type: "AsterWarning" });
};

let current: WarningHandler = toProcess;
const seen = new Set<string>();

/**
 * Sends warnings of this package to `handler` instead of `process.emitWarning` (where there is no
 * `process`, they are dropped). Returns a function that puts the one before back.
 */
export function onWarning(handler: WarningHandler): () => void {
  const before = current;
  current = handler;
  return () => {
    current = before;
  };
}

/** Warns once per `subject`. */
export function warnOnce(subject: string, text: string): void {
  if (seen.has(subject)) return;
  seen.add(subject);
  current(text);
}
