/** Addresses of people, as far as a form can tell. */
import { checkedText } from "./checks";
import { fail } from "./errors";

const EMAIL_LENGTH_MAX = 254; // RFC 5321, 4.5.3.1.3, without the angle brackets
const FORM = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;

/** The address in lower case, as it is stored and compared. */
export function checkedEmail(field: string, text: string): string {
  const email = checkedText(field, text, EMAIL_LENGTH_MAX).toLowerCase();
  if (!FORM.test(email)) {
    fail({ kind: "invalid_argument", field, reason: "must be an address like ann@example.com" });
  }
  return email;
}
