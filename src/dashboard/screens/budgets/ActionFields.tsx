import type { UseFormReturn } from "react-hook-form";
import { SelectField, TextField } from "../../ui/Field";
import { CHOICE_TEXTS, mayPause, type Form } from "./form";
import { ProviderField } from "./SubjectFields";

/** What becomes of a call that does not fit. */
export function ActionFields({ form }: { form: UseFormReturn<Form> }) {
  const { register, watch, formState } = form;
  const { errors } = formState;
  const [action, dimension] = watch(["action", "dimension"]);
  return (
    <>
      <SelectField label="What does not fit" {...register("action")} error={errors.action?.message}>
        {Object.entries(CHOICE_TEXTS)
          .filter(([value]) => value !== "pause" || mayPause(dimension) || action === "pause")
          .map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
      </SelectField>
      {action === "degrade" && (
        <>
          <ProviderField label="Cheaper model's provider" field={register("cheaperProvider")} />
          <TextField
            label="Cheaper model"
            hint="Called in place of the agent's own once that does not fit."
            {...register("cheaperModel")}
            error={errors.cheaperModel?.message}
          />
        </>
      )}
    </>
  );
}
