import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { api } from "../../../../convex/_generated/api";
import { messageOf } from "../../data/failures";
import { useTenantAction } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { PROVIDERS, PROVIDER_NAMES } from "../../data/providers";

const Form = z
  .object({
    name: z.string().trim().min(1, "Give it a name."),
    provider: z.enum(PROVIDERS),
    credential: z.string().trim(),
    baseUrl: z.string().trim(),
  })
  .refine(({ provider, baseUrl }) => provider !== "openai_compatible" || baseUrl !== "", {
    path: ["baseUrl"],
    message: "Say where it is.",
  });
type Form = z.infer<typeof Form>;

export function NewAccount({ close }: { close: () => void }) {
  const create = useTenantAction(api.actions.providers.register);
  const { register, handleSubmit, setError, watch, formState } = useForm<Form>({
    resolver: zodResolver(Form),
    defaultValues: { name: "", provider: "anthropic", credential: "", baseUrl: "" },
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async ({ credential, baseUrl, ...rest }) => {
    try {
      const given = {
        ...(credential !== "" && { credential }),
        ...(baseUrl !== "" && { baseUrl }),
      };
      await create({ ...rest, ...given });
      close();
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  return (
    <Dialog title="New account" hint="The oldest enabled one of a provider is used." close={close}>
      <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
        <TextField label="Name" {...register("name")} error={errors.name?.message} />
        <SelectField label="Provider" {...register("provider")}>
          {PROVIDERS.map((kind) => (
            <option key={kind} value={kind}>
              {PROVIDER_NAMES[kind]}
            </option>
          ))}
        </SelectField>
        <KeyField {...register("credential")} error={errors.credential?.message} />
        <TextField
          label="Address"
          type="url"
          hint={
            watch("provider") === "openai_compatible"
              ? "Where the server is, such as https://models.example.com/v1."
              : "Empty: the provider's own."
          }
          {...register("baseUrl")}
          error={errors.baseUrl?.message}
        />
        <FormFooter
          verb="Add it"
          isBusy={isSubmitting}
          error={errors.root?.message}
          close={close}
        />
      </form>
    </Dialog>
  );
}

/** No browser is to keep it, or to fill somebody's own password in. */
export function KeyField(props: Omit<Parameters<typeof TextField>[0], "label">) {
  return (
    <TextField
      label="Key"
      type="password"
      autoComplete="new-password"
      hint="It is kept sealed, and nobody can read it again."
      {...props}
    />
  );
}
