import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { api } from "../../../../convex/_generated/api";
import { PERMISSIONS, permissionsOf } from "../../../core/permissions";
import { messageOf } from "../../data/failures";
import { useTenant, useTenantAction } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";

const DAYS_MAX = 365;

const Form = z.object({
  name: z.string().trim().min(1, "Give it a name."),
  expiresInDays: z.coerce.number().int().min(1).max(DAYS_MAX),
  scopes: z.array(z.enum(PERMISSIONS)).min(1, "Choose what it may do."),
});

type NewKeyProps = { close: () => void; show: (key: string) => void };

/** @param show - Shows the new key. */
export function NewKey({ close, show }: NewKeyProps) {
  const { role } = useTenant();
  const create = useTenantAction(api.actions.keys.create);
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(Form),
    defaultValues: { name: "", expiresInDays: 90, scopes: ["agents:read", "messages:send"] },
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (asked) => {
    try {
      const { key } = await create(asked);
      close();
      show(key);
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  const offered = PERMISSIONS.filter((permission) => permissionsOf(role).has(permission));
  return (
    <Dialog title="New API key" hint="It may do at most what you may do." close={close}>
      <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
        <TextField label="Name" {...register("name")} error={errors.name?.message} />
        <TextField
          label="Good for days"
          inputMode="numeric"
          {...register("expiresInDays")}
          error={errors.expiresInDays && `Must be from 1 to ${DAYS_MAX}.`}
        />
        <fieldset>
          <legend className="mb-1 font-medium">May</legend>
          <div className="grid max-h-60 gap-1 overflow-y-auto sm:grid-cols-3">
            {offered.map((permission) => (
              <label key={permission} className="flex min-h-6 items-center gap-2">
                <input type="checkbox" value={permission} {...register("scopes")} />
                {permission}
              </label>
            ))}
          </div>
          {errors.scopes?.message !== undefined && (
            <p role="alert" className="text-bad text-xs">
              {errors.scopes.message}
            </p>
          )}
        </fieldset>
        <FormFooter
          verb="Make it"
          isBusy={isSubmitting}
          error={errors.root?.message}
          close={close}
        />
      </form>
    </Dialog>
  );
}
