const numbers = new WeakMap<object, number>();
let count = 0;

/** Returns a number that differs from that of every other object in this process. */
export function identityOf(object: object): number {
  let number = numbers.get(object);
  if (number === undefined) {
    number = count++;
    numbers.set(object, number);
  }
  return number;
}
