import type { UseFormReturn } from "react-hook-form";
import { ModelChoice } from "../../shared/ModelChoice";
import { SelectField } from "../../ui/Field";
import { CHOICE_TEXTS, mayPause, type Form } from "./form";

/** What becomes of a call that does not fit. */
export function ActionFields({ form }: { form: UseFormReturn<Form> }) {
  const { register, watch, setValue, formState } = form;
  const { errors } = formState;
  const [action, dimension, provider, model] = watch([
    "action",
    "dimension",
    "cheaperProvider",
    "cheaperModel",
  ]);
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
        <div className="sm:col-span-2">
          <ModelChoice
            of="Instead"
            value={{ provider, model }}
            change={(chosen) => {
              setValue("cheaperProvider", chosen.provider);
              setValue("cheaperModel", chosen.model);
            }}
            error={errors.cheaperModel?.message}
          />
        </div>
      )}
    </>
  );
}
