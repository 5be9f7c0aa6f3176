import type { UseFormReturn } from "react-hook-form";
import { PROVIDER_NAMES, PROVIDERS } from "../../data/providers";
import { SelectField, TextField } from "../../ui/Field";
import { isNamed, SUBJECT_TEXTS, type Form } from "./form";
import { useSubjects } from "./useSubjects";

/** Whose spending is bounded. */
export function SubjectFields({ form }: { form: UseFormReturn<Form> }) {
  const { register, watch, setValue, formState } = form;
  const { errors } = formState;
  const dimension = watch("dimension");
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
      {(dimension === "provider" || dimension === "model") && (
        <ProviderField label="Provider" field={register("provider")} />
      )}
      {dimension === "model" && (
        <TextField
          label="Model"
          hint="As the provider calls it, such as claude-opus-4-6."
          {...register("model")}
          error={errors.model?.message}
        />
      )}
    </>
  );
}

type ProviderFieldProps = { label: string; field: ReturnType<UseFormReturn<Form>["register"]> };

export function ProviderField({ label, field }: ProviderFieldProps) {
  return (
    <SelectField label={label} {...field}>
      {PROVIDERS.map((provider) => (
        <option key={provider} value={provider}>
          {PROVIDER_NAMES[provider]}
        </option>
      ))}
    </SelectField>
  );
}
