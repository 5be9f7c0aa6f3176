/** The engine's refusals, in Convex's words where Convex has words for them. */
import { UserError } from "./types";

/** A refusal of one argument of a database call, such as `id` of `db.get`. */
export function argumentError(argument: string, method: string, reason: string): UserError {
  return new UserError(
    `Invalid argument \`${argument}\` for \`${method}\`: ${reason}`,
    "InvalidArgument",
  );
}
