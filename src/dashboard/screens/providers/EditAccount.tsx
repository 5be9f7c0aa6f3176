import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { api } from "../../../../convex/_generated/api";
import type { ProviderView } from "../../../../convex/views/administration";
import { messageOf } from "../../data/failures";
import { useTenantAction } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { KeyField } from "./NewAccount";

const Form = z.object({
  name: z.string().trim().min(1, "Give it a name."),
  credential: z.string().trim(),
  baseUrl: z.string().trim(),
});
type Form = z.infer<typeof Form>;

type EditAccountProps = { account: ProviderView; close: () => void };

/** Another name, address or key. A key that is there is not shown, and stays unless one is given. */
export function EditAccount({ account, close }: EditAccountProps) {
  const { _id: id, name, baseUrl: present = "", credentialMask } = account;
  const update = useTenantAction(api.actions.providers.update);
  const { register, handleSubmit, setError, watch, formState } = useForm<Form>({
    resolver: zodResolver(Form),
    defaultValues: { name, credential: "", baseUrl: present },
  });
  const { errors, isSubmitting } = formState;
  const isMoved = watch("baseUrl").trim() !== present;
  const submit = handleSubmit(async ({ credential, baseUrl, ...rest }) => {
    try {
      await update({
        id,
        ...rest,
        ...(isMoved && { baseUrl: baseUrl === "" ? null : baseUrl }),
        ...(credential !== "" && { credential }),
      });
      close();
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  return (
    <Dialog title={`Change "${name}"`} close={close}>
      <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
        <TextField label="Name" {...register("name")} error={errors.name?.message} />
        <TextField
          label="Address"
          type="url"
          hint="Empty: the provider's own."
          {...register("baseUrl")}
          error={errors.baseUrl?.message}
        />
        <KeyField
          {...register("credential")}
          hint={
            isMoved
              ? "Give it again: a key is not sent to another address by itself."
              : `Empty: the present one stays (${credentialMask ?? "none"}).`
          }
          error={errors.credential?.message}
        />
        <FormFooter
          verb="Change it"
          isBusy={isSubmitting}
          error={errors.root?.message}
          close={close}
        />
      </form>
    </Dialog>
  );
}
