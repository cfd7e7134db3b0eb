/**
 * Whether the tests run in their long form, with the times and numbers of docs/reliability.md. `npm run
 * test:long` sets the variable; `npm test` runs the short form.
 */
const long = process.env.ASTER_TEST_LONG === "1";

/** Returns the parameters of a test for the form that runs. */
export function inForm<T>(forms: { readonly short: T; readonly long: T }): T {
  return long ? forms.long : forms.short;
}
