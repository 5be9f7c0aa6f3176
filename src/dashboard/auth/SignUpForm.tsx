import { useState, type FormEvent } from "react";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import { UNREACHABLE } from "./signIn";
import { useSignIn } from "./useAuth";

const PASSWORD_CHARS_MIN = 12;

/** An account for whom an invitation is to, and with it the membership. */
export function SignUpForm({ token }: { token: string }) {
  const signIn = useSignIn();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const [name, password] = [fields.get("name"), fields.get("password")];
    if (typeof name !== "string" || typeof password !== "string") return;
    setBusy(true);
    const found = await signIn.withInvitation({ token, name, password }).catch(() => UNREACHABLE);
    if (found === null) window.location.replace("/");
    else {
      setProblem(found);
      setBusy(false);
    }
  };
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      <p>You sign in with the address that the invitation is for.</p>
      <TextField label="Your name" name="name" autoComplete="name" maxLength={120} required />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        hint="12 characters or more. Several words in a row are good."
        minLength={PASSWORD_CHARS_MIN}
        maxLength={256}
        required
      />
      {problem !== null && (
        <p role="alert" className="text-bad">
          {problem}
        </p>
      )}
      <Button type="submit" tone="primary" className="w-full" disabled={isBusy}>
        {isBusy ? "Joining…" : "Join"}
      </Button>
    </form>
  );
}
