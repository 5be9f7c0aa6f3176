import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { api } from "../../../../convex/_generated/api";
import { parseUsd } from "../../../core/money";
import { messageOf } from "../../data/failures";
import { useTenantMutation } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { BILLED } from "../../shared/billed";
import { PROVIDERS, PROVIDER_NAMES, type Provider } from "../../data/providers";

const Usd = z
  .string()
  .trim()
  .refine((text) => text === "" || parseUsd(text) !== null, "Must be USD, such as 0.25.");
const RATES = ["inputFresh", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h"] as const;

const Form = z.object({
  provider: z.enum(PROVIDERS),
  model: z.string().trim().min(1, "Say which model."),
  inputFresh: Usd.refine((text) => text !== "", "Say what it costs; 0 is a price."),
  output: Usd,
  cacheRead: Usd,
  cacheWrite5m: Usd,
  cacheWrite1h: Usd,
});
type Form = z.infer<typeof Form>;

export type PriceOf = { provider: Provider; model: string };
type NewPriceProps = { of: PriceOf; close: () => void };

/** What the company agreed with a provider, or what a model of its own costs it. */
export function NewPrice({ of, close }: NewPriceProps) {
  const set = useTenantMutation(api.mutations.prices.set);
  const { register, handleSubmit, setError, formState } = useForm<Form>({
    resolver: zodResolver(Form),
    defaultValues: {
      ...of,
      inputFresh: "",
      output: "",
      cacheRead: "",
      cacheWrite5m: "",
      cacheWrite1h: "",
    },
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async ({ provider, model, ...rates }) => {
    const given = Object.entries(rates).filter(([, usd]) => usd !== "");
    try {
      await set({ provider, model, usdPerMillion: Object.fromEntries(given) });
      close();
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  return (
    <Dialog
      title="A price of your own"
      hint="In USD for a million tokens, from now on. What is left out costs what the nearest kind does."
      close={close}
    >
      <form
        className="grid gap-3 sm:grid-cols-2"
        onSubmit={(event) => void submit(event)}
        noValidate
      >
        <SelectField label="Provider" {...register("provider")}>
          {PROVIDERS.map((kind) => (
            <option key={kind} value={kind}>
              {PROVIDER_NAMES[kind]}
            </option>
          ))}
        </SelectField>
        <TextField label="Model" {...register("model")} error={errors.model?.message} />
        {RATES.map((rate) => (
          <TextField
            key={rate}
            label={BILLED[rate]}
            inputMode="decimal"
            {...register(rate)}
            error={errors[rate]?.message}
          />
        ))}
        <div className="sm:col-span-2">
          <FormFooter
            verb="Set it"
            isBusy={isSubmitting}
            error={errors.root?.message}
            close={close}
          />
        </div>
      </form>
    </Dialog>
  );
}
