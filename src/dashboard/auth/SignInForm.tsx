import { useState, type FormEvent } from "react";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import { Plate } from "./Plate";
import { UNREACHABLE } from "./signIn";
import { useSignIn } from "./useAuth";

export function SignInForm() {
  const signIn = useSignIn();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string) => {
      const value = fields.get(name);
      return typeof value === "string" ? value : "";
    };
    setBusy(true);
    const found = await signIn
      .withPassword(text("email"), text("password"))
      .catch(() => UNREACHABLE);
    if (found === null) window.location.reload();
    else {
      setProblem(found);
      setBusy(false);
    }
  };
  return (
    <Plate title="Sign in">
      <form className="space-y-4" onSubmit={(event) => void submit(event)}>
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        {problem !== null && (
          <p role="alert" className="text-bad">
            {problem}
          </p>
        )}
        <Button type="submit" tone="primary" className="w-full" disabled={isBusy}>
          {isBusy ? "Signing in…" : "Sign in"}
        </Button>
      </form>
      <p className="text-subtle mt-4 text-xs">
        No account? An administrator of your company invites you. A forgotten password: they make
        you a link for another one.
      </p>
    </Plate>
  );
}
