import { useFormContext, useWatch } from "react-hook-form";
import { TextField } from "../../../ui/Field";
import { Section } from "../../../ui/Section";
import type { AgentForm } from "./form";

const FIELDS = [
  {
    name: "maxCostPerMessage",
    label: "USD for one message",
    placeholder: "no limit",
    hint: "What does not fit is refused before it is called.",
  },
  {
    name: "monthlyBudget",
    label: "USD a month",
    placeholder: "no limit",
    hint: "Kept as a hard budget: it shows under Budgets.",
  },
  {
    name: "toolRounds",
    label: "Rounds of tools",
    placeholder: "as the deployment has it",
    hint: "Replies with calls of tools, before it has to answer.",
  },
  {
    name: "minutes",
    label: "Minutes of a run",
    placeholder: "as the deployment has it",
    hint: "Of its own time: not what people take to approve.",
  },
  {
    name: "tokens",
    label: "Tokens of a run",
    placeholder: "no limit",
    hint: "Read and written: no call is made once they are used.",
  },
] as const;

/** How far one answer may go, and what it and a month may cost. */
export function LimitFields() {
  const { register, formState } = useFormContext<AgentForm>();
  const [perMessage, monthly] = useWatch<AgentForm, ["maxCostPerMessage", "monthlyBudget"]>({
    name: ["maxCostPerMessage", "monthlyBudget"],
  });
  const told = [
    perMessage !== "" && `$${perMessage} for a message`,
    monthly !== "" && `$${monthly} a month`,
  ].filter((part) => part !== false);
  const hasError = FIELDS.some(({ name }) => formState.errors[name] !== undefined);
  return (
    <Section
      title="Limits"
      hint={told.length === 0 ? "no bound on cost" : told.join(", ")}
      hasError={hasError}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {FIELDS.map(({ name, ...texts }) => (
          <TextField
            key={name}
            {...texts}
            inputMode="decimal"
            {...register(name)}
            error={formState.errors[name]?.message}
          />
        ))}
      </div>
    </Section>
  );
}
