/** Where the deployment's refusal of a skill belongs in its form. */
import { failureOf, messageOf } from "../../data/failures";

const FIELDS: Readonly<Record<string, string>> = {
  permissions: "asks",
  "http.url": "url",
  "http.description": "told",
  "http.headers": "headers",
  "http.inputSchema": "inputSchema",
};

/** The field, or "root" where the form has none of that name. */
export function placeOf(error: unknown, fields: object): { at: string; message: string } {
  const failure = failureOf(error);
  const field = failure?.kind === "invalid_argument" ? failure.field : "root";
  const known = Object.entries(FIELDS).find(([start]) => field.startsWith(start))?.[1];
  const [first = ""] = field.split(".");
  return { at: known ?? (first in fields ? first : "root"), message: messageOf(error) };
}
