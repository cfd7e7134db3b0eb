// Short lines on stderr, so that stdout stays the program's own.
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Ends with one sentence that tells the reader what to do. */
export function giveUp(sentence) {
  say(`\naster: ${sentence}`);
  process.exit(1);
}
