/** The text that stands for a secret value. */
export const HIDDEN = "[hidden]";

const secret = new RegExp(
  [
    "authori[sz]ation",
    "(?:^|[-_.])auth(?:$|[-_.])",
    "token|cookie|secret|passw|passphrase|credential|bearer|jwt|signature",
    "(?:api|access|private|signing)[-_.]?key",
    "session[-_.]?id",
  ].join("|"),
  "i",
);

/**
 * Returns whether the values of a key are likely to be secrets, such as those of `authorization`,
 * `x-api-key` and `cookie`. Logs must not contain them.
 */
export function isSecretKey(key: string): boolean {
  return secret.test(key);
}
