import { useFormContext, useWatch } from "react-hook-form";
import { api } from "../../../../../convex/_generated/api";
import { useModels } from "../../../data/models";
import { useTenantQuery } from "../../../data/tenant";
import { SelectField, TextField } from "../../../ui/Field";
import { Section } from "../../../ui/Section";
import { EFFORTS, type AgentForm } from "./form";

/** How it answers: mode, sampling, and how long it may read and write. */
export function AnswerFields() {
  const { register, formState } = useFormContext<AgentForm>();
  const { errors } = formState;
  const [provider, model, mode, maxTokens] = useWatch<
    AgentForm,
    ["provider", "model", "mode", "maxTokens"]
  >({ name: ["provider", "model", "mode", "maxTokens"] });
  const modes = useTenantQuery(api.queries.modes.list, {});
  const { modelOf } = useModels();
  const known = modelOf(provider, model);
  const efforts = known?.efforts ?? EFFORTS;
  const chosen = modes?.find(({ name }) => name === mode);
  const { temperature, maxTokens: length, maxContextTokens, reasoningEffort } = errors;
  const hasError = [errors.mode, temperature, length, maxContextTokens, reasoningEffort].some(
    (error) => error !== undefined,
  );
  return (
    <Section title="How it answers" hint={`${mode}, up to ${maxTokens} tokens`} hasError={hasError}>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="Mode"
          {...register("mode")}
          error={errors.mode?.message}
          hint={chosen?.prompt}
        >
          {modes === undefined && <option value={mode}>{mode}</option>}
          {modes !== undefined && chosen === undefined && (
            <option value={mode}>{mode} (gone: works as focus)</option>
          )}
          {modes?.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Temperature"
          inputMode="decimal"
          placeholder="as the mode has it"
          {...register("temperature")}
          error={temperature?.message}
          hint={
            known?.acceptsTemperature === false
              ? "This model takes none: it would be left out."
              : "From 0, always the same, to 2."
          }
        />
        <TextField
          label="Tokens of a reply"
          inputMode="numeric"
          {...register("maxTokens")}
          error={length?.message}
          hint="At most; where the mode has fewer, those."
        />
        <SelectField
          label="Reasoning effort"
          {...register("reasoningEffort")}
          error={reasoningEffort?.message}
          hint={
            efforts.length === 0
              ? "This model does not reason."
              : "Of those that a model does not take, the nearest is asked for."
          }
        >
          <option value="">As the provider has it</option>
          {EFFORTS.map((effort) => (
            <option key={effort} value={effort}>
              {effort}
              {!efforts.includes(effort) && " (not of this model)"}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Tokens that it reads"
          inputMode="numeric"
          placeholder="what the model has room for"
          {...register("maxContextTokens")}
          error={maxContextTokens?.message}
          hint="At most, for one reply: longer conversations are cut at their beginning."
        />
      </div>
    </Section>
  );
}
