/** Addresses of people, as far as a form can tell. */
import { isEmail } from "../../src/core/addresses";
import { checkedText } from "./checks";
import { fail } from "./errors";

const EMAIL_LENGTH_MAX = 254; // RFC 5321, 4.5.3.1.3, without the angle brackets

/** The address in lower case, as it is stored and compared. */
export function checkedEmail(field: string, text: string): string {
  const email = checkedText(field, text, EMAIL_LENGTH_MAX).toLowerCase();
  if (!isEmail(email)) {
    fail({ kind: "invalid_argument", field, reason: "must be an address like ann@example.com" });
  }
  return email;
}
