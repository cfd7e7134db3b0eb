/**
 * True for the long form of the tests; docs/reliability.md lists the times and numbers of both
 * forms. `npm run test:long` sets the variable, `npm test` does not.
 */
const long = process.env.TEST_LONG === "1";

/** Returns the parameters of a test for the form that runs. */
export function inForm<T>(forms: { readonly short: T; readonly long: T }): T {
  return long ? forms.long : forms.short;
}
