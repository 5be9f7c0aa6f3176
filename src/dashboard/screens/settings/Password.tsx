import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "convex/react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { z } from "zod";
import { api } from "../../../../convex/_generated/api";
import { changePassword } from "../../auth/ownAccount";
import { useSignIn } from "../../auth/useAuth";
import { useDeployment } from "../../data/useDeployment";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { TextField } from "../../ui/Field";

const Form = z.object({
  current: z.string().min(1, "Give the present one."),
  next: z.string().min(12, "Must have 12 characters or more."),
});

/** Another password. Who signs in by another provider has none here. */
export function Password() {
  const ways = useQuery(api.queries.identities.list, {});
  if (ways?.hasPassword !== true) return null;
  return (
    <Card title="Password">
      <PasswordForm />
    </Card>
  );
}

function PasswordForm() {
  const signIn = useSignIn();
  const { siteUrl } = useDeployment();
  const { register, handleSubmit, setError, reset, formState } = useForm({
    resolver: zodResolver(Form),
    defaultValues: { current: "", next: "" },
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async ({ current, next }) => {
    const passwords = { currentPassword: current, newPassword: next };
    const refusal = await changePassword({ signIn, siteUrl }, passwords);
    if (refusal !== null) return setError("current", { message: refusal });
    reset();
    toast.success("The password is changed, and every other sign-in has ended");
  });
  return (
    <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        label="Present password"
        type="password"
        autoComplete="current-password"
        {...register("current")}
        error={errors.current?.message}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        hint="Everybody else who is signed in as you is signed out."
        {...register("next")}
        error={errors.next?.message}
      />
      <div className="flex justify-end">
        <Button type="submit" disabled={isSubmitting}>
          Change it
        </Button>
      </div>
    </form>
  );
}
