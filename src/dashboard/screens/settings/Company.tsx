import { useNavigate } from "@tanstack/react-router";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { api } from "../../../../convex/_generated/api";
import type { TenantView } from "../../../../convex/views/people";
import { messageOf } from "../../data/failures";
import { useMay, useTenantMutation, useTenantQuery } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Facts } from "../../ui/Facts";
import { SelectField, TextField } from "../../ui/Field";
import { Loading } from "../../ui/states";

export function Company() {
  const tenant = useTenantQuery(api.queries.tenants.get, {});
  const mayWrite = useMay("tenant:write");
  return (
    <Card title="Company">
      {tenant === undefined && <Loading lines={6} />}
      {tenant !== undefined && (mayWrite ? <Form tenant={tenant} /> : <Told tenant={tenant} />)}
    </Card>
  );
}

function Told({ tenant: { name, slug, timeZone = "UTC" } }: { tenant: TenantView }) {
  return (
    <Facts
      facts={[
        ["Name", name],
        ["Address", slug],
        ["Time zone", timeZone],
      ]}
    />
  );
}

/** As a form has it: nothing is missing, what is not set is empty. */
function inputOf(tenant: TenantView) {
  const { name, slug, billingEmail = "", timeZone = "", monthlyBudgetUsd = "" } = tenant;
  return { name, slug, billingEmail, timeZone, monthlyBudget: monthlyBudgetUsd };
}

/** The deployment says what is wrong, field by field as it looks at them. */
function Form({ tenant }: { tenant: TenantView }) {
  const navigate = useNavigate();
  const update = useTenantMutation(api.mutations.tenants.update);
  const { register, handleSubmit, setError, reset, formState } = useForm({
    values: inputOf(tenant),
    resetOptions: { keepDirtyValues: true },
  });
  const { errors, isSubmitting, isDirty } = formState;
  const submit = handleSubmit(async (input) => {
    const { timeZone, monthlyBudget, ...texts } = input;
    try {
      await update({
        ...texts,
        timeZone: timeZone === "" ? null : timeZone,
        monthlyBudget: monthlyBudget.trim() === "" ? null : monthlyBudget.trim(),
      });
      reset(input);
      toast.success("Saved");
      await navigate({ to: "/$tenant/settings", params: { tenant: texts.slug }, replace: true });
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  return (
    <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
      <TextField label="Name" {...register("name")} />
      <TextField
        label="Address"
        hint="How the company stands in links. Old links lead nowhere once it is another."
        {...register("slug")}
      />
      <SelectField
        label="Time zone"
        hint="In which its days and months begin, for costs and budgets."
        {...register("timeZone")}
      >
        <option value="">UTC</option>
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </SelectField>
      <TextField label="E-mail for bills" type="email" {...register("billingEmail")} />
      <TextField
        label="USD a month"
        hint="What is beyond it is refused. Empty: no such bound."
        inputMode="decimal"
        {...register("monthlyBudget")}
      />
      {errors.root?.message !== undefined && (
        <p role="alert" className="text-bad">
          {errors.root.message}
        </p>
      )}
      <div className="flex justify-end">
        <Button type="submit" tone="primary" disabled={isSubmitting || !isDirty}>
          Save
        </Button>
      </div>
    </form>
  );
}
