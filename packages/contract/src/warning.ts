/** Receives the text of a warning. */
export type WarningHandler = (text: string) => void;

const toProcess: WarningHandler = (text) => {
  const runtime = globalThis.process as { emitWarning?: typeof process.emitWarning } | undefined;
  runtime?.emitWarning?.(text, { type: "AsterWarning" });
};

let current: WarningHandler = toProcess;
const seen = new Set<string>();

/**
 * Passes the warnings of this package to `handler` instead of `process.emitWarning`. Without a
 * `process`, as in browsers, warnings are dropped by default. Errors of `handler` are ignored.
 * Returns a function that restores the previous handler.
 */
export function onWarning(handler: WarningHandler): () => void {
  const before = current;
  current = handler;
  return () => {
    current = before;
  };
}

/** Passes a warning to the current handler, once per `subject`. */
export function warnOnce(subject: string, text: string): void {
  if (seen.has(subject)) return;
  seen.add(subject);
  try {
    // an async function is accepted too; its rejection would end the process
    Promise.resolve(current(text) as unknown).catch(() => {});
  } catch {
    // a log that fails must not make a definition fail
  }
}
