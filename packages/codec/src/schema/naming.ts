const upper = /[A-Z]/;
const lower = /[a-z]/;
const lowerOrDigit = /[a-z0-9]/;

/**
 * The wire name of an identifier, by Fory's rule: `_` before an upper-case letter that follows a
 * lower-case letter or digit, or that ends a run of capitals (`parseHTTPBody` is `parse_http_body`).
 */
export function snakeCase(name: string): string {
  let out = "";
  for (let i = 0; i < name.length; i++) {
    const char = name.charAt(i);
    if (upper.test(char)) {
      const before = name.charAt(i - 1);
      const starts =
        lowerOrDigit.test(before) || (upper.test(before) && lower.test(name.charAt(i + 1)));
      if (starts && !out.endsWith("_")) out += "_";
    }
    out += char.toLowerCase();
  }
  return out.replace(/_+$/, "") || name;
}
