import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { api } from "../../../../convex/_generated/api";
import type { BudgetView } from "../../../../convex/views/budgets";
import { messageOf } from "../../data/failures";
import { useTenantMutation } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { Amount, Tokens, tokensIn } from "./amounts";

const Form = z
  .object({ amount: Amount, tokens: Tokens, reason: z.string().trim().min(1, "Say why.") })
  .refine(({ amount, tokens }) => amount !== "" || tokens !== "", {
    path: ["amount"],
    message: "Say how much.",
  });
type Form = z.infer<typeof Form>;

/** Grants more until the present period ends. */
export function Increase({ budget, close }: { budget: BudgetView; close: () => void }) {
  const increase = useTenantMutation(api.mutations.budgets.increase);
  const { register, handleSubmit, setError, formState } = useForm<Form>({
    resolver: zodResolver(Form),
    defaultValues: { amount: "", tokens: "", reason: "" },
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async ({ amount, tokens, reason }) => {
    try {
      await increase({
        policyId: budget._id,
        ...(amount !== "" && { amount }),
        ...(tokens !== "" && { amountTokens: tokensIn(tokens) }),
        reason,
      });
      close();
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  return (
    <Dialog
      title={`Grant more for "${budget.name}"`}
      hint="Until this period ends; the next one is as before. It is noted who did it, and why."
      close={close}
    >
      <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
        {budget.cost.limitUsd !== undefined && (
          <TextField
            label="More USD"
            inputMode="decimal"
            {...register("amount")}
            error={errors.amount?.message}
          />
        )}
        {budget.tokens.limit !== undefined && (
          <TextField
            label="More tokens"
            inputMode="numeric"
            {...register("tokens")}
            error={errors.tokens?.message}
          />
        )}
        <TextField label="Why" {...register("reason")} error={errors.reason?.message} />
        <FormFooter verb="Grant" isBusy={isSubmitting} error={errors.root?.message} close={close} />
      </form>
    </Dialog>
  );
}
