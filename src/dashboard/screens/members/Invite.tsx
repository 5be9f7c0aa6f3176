import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { api } from "../../../../convex/_generated/api";
import { isAtLeast, ROLES } from "../../../core/permissions";
import { messageOf } from "../../data/failures";
import { useTenant, useTenantAction } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";

const Form = z.object({ email: z.email("Must be an e-mail address."), role: z.enum(ROLES) });
type Form = z.infer<typeof Form>;

type InviteProps = { close: () => void; show: (token: string) => void };

/** @param show - Shows the link: there is no mail server. */
export function Invite({ close, show }: InviteProps) {
  const { role: ownRole } = useTenant();
  const create = useTenantAction(api.actions.invitations.create);
  const { register, handleSubmit, setError, formState } = useForm<Form>({
    resolver: zodResolver(Form),
    defaultValues: { email: "", role: "member" },
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (asked) => {
    try {
      const { token } = await create(asked);
      close();
      show(token);
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  return (
    <Dialog title="Invite somebody" hint="You are given a link, and send it to them." close={close}>
      <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label="E-mail"
          type="email"
          {...register("email")}
          error={errors.email?.message}
        />
        <SelectField label="Role" {...register("role")}>
          {ROLES.filter((role) => isAtLeast(ownRole, role)).map((role) => (
            <option key={role} value={role}>
              {role}
            </option>
          ))}
        </SelectField>
        <FormFooter
          verb="Invite"
          isBusy={isSubmitting}
          error={errors.root?.message}
          close={close}
        />
      </form>
    </Dialog>
  );
}
