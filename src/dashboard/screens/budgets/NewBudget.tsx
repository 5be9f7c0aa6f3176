import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { api } from "../../../../convex/_generated/api";
import { messageOf } from "../../data/failures";
import { useTenantMutation } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { ActionFields } from "./ActionFields";
import { EMPTY, Form, toNewBudget, WINDOWS } from "./form";
import { SubjectFields } from "./SubjectFields";

export function NewBudget({ close }: { close: () => void }) {
  const create = useTenantMutation(api.mutations.budgets.create);
  const form = useForm<Form>({ resolver: zodResolver(Form), defaultValues: EMPTY });
  const { register, handleSubmit, setError, formState } = form;
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (filledIn) => {
    try {
      await create(toNewBudget(filledIn));
      close();
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  return (
    <Dialog title="New budget" hint="What was spent in the present period counts." close={close}>
      <form
        className="grid items-start gap-3 sm:grid-cols-2"
        onSubmit={(event) => void submit(event)}
        noValidate
      >
        <TextField label="Name" {...register("name")} error={errors.name?.message} />
        <SelectField label="Over" {...register("window")}>
          {WINDOWS.map((window) => (
            <option key={window} value={window}>
              {window === "total" ? "all of time" : `each ${window}`}
            </option>
          ))}
        </SelectField>
        <SubjectFields form={form} />
        <TextField
          label="Limit in USD"
          inputMode="decimal"
          {...register("limit")}
          error={errors.limit?.message}
        />
        <TextField
          label="Limit in tokens"
          inputMode="numeric"
          {...register("limitTokens")}
          error={errors.limitTokens?.message}
        />
        <ActionFields form={form} />
        <div className="sm:col-span-2">
          <FormFooter
            verb="Make it"
            isBusy={isSubmitting}
            error={errors.root?.message}
            close={close}
          />
        </div>
      </form>
    </Dialog>
  );
}
