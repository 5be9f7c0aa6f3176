import type { UseFormReturn } from "react-hook-form";
import { PROVIDER_NAMES, PROVIDERS } from "../../data/providers";
import { ModelChoice } from "../../shared/ModelChoice";
import { SelectField } from "../../ui/Field";
import { isNamed, SUBJECT_TEXTS, type Form } from "./form";
import { useSubjects } from "./useSubjects";

/** Whose spending is bounded. */
export function SubjectFields({ form }: { form: UseFormReturn<Form> }) {
  const { register, watch, setValue, formState } = form;
  const { errors } = formState;
  const [dimension, provider, model] = watch(["dimension", "provider", "model"]);
  const subjects = useSubjects();
  return (
    <>
      <SelectField
        label="Whose spending"
        {...register("dimension", { onChange: () => setValue("key", "") })}
      >
        {Object.entries(SUBJECT_TEXTS).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </SelectField>
      {isNamed(dimension) && (
        <SelectField label="Which one" {...register("key")} error={errors.key?.message}>
          <option value="">Choose…</option>
          {subjects[dimension as keyof typeof subjects].map(({ key, name }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      {dimension === "provider" && (
        <SelectField label="Provider" {...register("provider")}>
          {PROVIDERS.map((one) => (
            <option key={one} value={one}>
              {PROVIDER_NAMES[one]}
            </option>
          ))}
        </SelectField>
      )}
      {dimension === "model" && (
        <div className="sm:col-span-2">
          <ModelChoice
            value={{ provider, model }}
            change={(chosen) => {
              setValue("provider", chosen.provider);
              setValue("model", chosen.model);
            }}
            error={errors.model?.message}
          />
        </div>
      )}
    </>
  );
}
