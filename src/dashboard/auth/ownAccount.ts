/** What whoever is signed in here changes of their own account by the routes of sign-in, for which there is no door. */
import { textsIn } from "../data/json";
import { TOO_MANY, TOO_MANY_TRIES, UNREACHABLE, type SignIn } from "./signIn";

type Who = { signIn: SignIn; siteUrl: string };
type Passwords = { currentPassword: string; newPassword: string };
type Refusal = { refusal: string };

const NOBODY = 401;

/**
 * Another password; everybody else who is signed in as this person is signed out.
 *
 * @returns What went wrong, for the person to read; null when it went well.
 */
export async function changePassword(who: Who, passwords: Passwords): Promise<string | null> {
  const refused = "That is not the present password, or the new one is too long.";
  const answer = await post(who, "password/change", { body: passwords, refused });
  return "refusal" in answer ? answer.refusal : null;
}

/** A code with which another account becomes this person's, or what went wrong, for the person to read. */
export async function makeLinkCode(
  who: Who,
  proof: { currentPassword?: string },
): Promise<{ code: string } | Refusal> {
  const refused = "That is not the password.";
  const answer = await post(who, "identities/code", { body: proof, refused });
  return "refusal" in answer ? answer : textsIn(answer.body, ["code"]);
}

/** @param refused - What an answer means that is about what was sent. */
async function post(
  { signIn, siteUrl }: Who,
  path: string,
  { body, refused }: { body: object; refused: string },
): Promise<{ body: unknown } | Refusal> {
  const token = await signIn.token({ isForced: false });
  const answer = await fetch(`${siteUrl}/auth/${path}`, {
    method: "POST",
    credentials: "include",
    headers: { Authorization: `Bearer ${token ?? ""}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (answer === null) return { refusal: UNREACHABLE };
  if (answer.ok) return { body: await answer.json() };
  if (answer.status === TOO_MANY) return { refusal: TOO_MANY_TRIES };
  if (answer.status === NOBODY) return { refusal: "Your sign-in has ended. Sign in again." };
  return { refusal: refused };
}
