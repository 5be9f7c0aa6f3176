import type { SignIn } from "./signIn";

type Passwords = { currentPassword: string; newPassword: string };

const NOBODY = 401;
const TOO_MANY = 429;

/**
 * Another password for whoever is signed in here; everybody else who is signed in as them is signed out.
 *
 * @returns What went wrong, for the person to read; null when it went well.
 */
export async function changePassword(
  signIn: SignIn,
  siteUrl: string,
  passwords: Passwords,
): Promise<string | null> {
  const token = await signIn.token({ isForced: false });
  const answer = await fetch(`${siteUrl}/auth/password/change`, {
    method: "POST",
    credentials: "include",
    headers: { Authorization: `Bearer ${token ?? ""}`, "Content-Type": "application/json" },
    body: JSON.stringify(passwords),
  }).catch(() => null);
  if (answer === null) return "The deployment cannot be reached. Try again.";
  if (answer.ok) return null;
  if (answer.status === TOO_MANY) {
    return "There were too many tries. Wait some minutes, then try again.";
  }
  if (answer.status === NOBODY) return "Your sign-in has ended. Sign in again.";
  return "That is not the present password, or the new one is too long.";
}
