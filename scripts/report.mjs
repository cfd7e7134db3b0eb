// Progress goes to stderr, because stdout belongs to the program that is started.
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Prints one sentence with the remedy and exits with code 1. */
export function giveUp(sentence) {
  say(`\naster: ${sentence}`);
  process.exit(1);
}
