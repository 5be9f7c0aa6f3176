import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { api } from "../../../../convex/_generated/api";
import { messageOf } from "../../data/failures";
import { useTenantMutation, useTenantQuery } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { Amount, Tokens, tokensIn } from "./amounts";

const WINDOWS = ["hour", "day", "week", "month", "total"] as const;
const ACTIONS = {
  block: "Refuse the call",
  pause: "Refuse it, and pause the agent",
  warn: "Only say so",
} as const;

const Form = z
  .object({
    name: z.string().trim().min(1, "Give it a name."),
    agentId: z.string(), // "": the whole company's
    window: z.enum(WINDOWS),
    action: z.enum(["block", "pause", "warn"]),
    limit: Amount,
    limitTokens: Tokens,
  })
  .refine(({ limit, limitTokens }) => limit !== "" || limitTokens !== "", {
    path: ["limit"],
    message: "Bound the cost, the tokens, or both.",
  });
type Form = z.infer<typeof Form>;

export function NewBudget({ close }: { close: () => void }) {
  const agents = useTenantQuery(api.queries.agents.list, {});
  const create = useTenantMutation(api.mutations.budgets.create);
  const { register, handleSubmit, setError, formState } = useForm<Form>({
    resolver: zodResolver(Form),
    defaultValues: {
      name: "",
      agentId: "",
      window: "month",
      action: "block",
      limit: "",
      limitTokens: "",
    },
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async ({ agentId, limit, limitTokens, ...rest }) => {
    const subject =
      agentId === ""
        ? { dimension: "tenant" as const }
        : { dimension: "agent" as const, key: agentId };
    try {
      await create({
        ...rest,
        ...subject,
        ...(limit !== "" && { limit }),
        ...(limitTokens !== "" && { limitTokens: tokensIn(limitTokens) }),
      });
      close();
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  return (
    <Dialog title="New budget" hint="What was spent in the present period counts." close={close}>
      <form
        className="grid gap-3 sm:grid-cols-2"
        onSubmit={(event) => void submit(event)}
        noValidate
      >
        <TextField label="Name" {...register("name")} error={errors.name?.message} />
        <SelectField label="Whose spending" {...register("agentId")}>
          <option value="">The whole company's</option>
          {agents?.map(({ _id, name }) => (
            <option key={_id} value={_id}>
              {name}
            </option>
          ))}
        </SelectField>
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
        <SelectField label="Over" {...register("window")}>
          {WINDOWS.map((window) => (
            <option key={window} value={window}>
              {window === "total" ? "all of time" : `a ${window}`}
            </option>
          ))}
        </SelectField>
        <SelectField label="What does not fit" {...register("action")}>
          {Object.entries(ACTIONS).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </SelectField>
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
