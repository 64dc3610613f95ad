/**
 * An address as browsers take it (HTML, "valid e-mail address"), with a domain of at least two labels: ASCII without
 * spaces or control characters, so that it can stand in a header as it is. At most 254 characters (RFC 5321 §4.5.3.1).
 */
const shape =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && shape.test(text);
}
