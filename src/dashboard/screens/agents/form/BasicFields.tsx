import { useController, useFormContext, useWatch } from "react-hook-form";
import { TextArea, TextField } from "../../../ui/Field";
import { Count } from "../../../ui/values";
import type { AgentForm } from "./form";
import { ModelChoice } from "../../../shared/ModelChoice";

const PROMPT_CHARS_MAX = 32_000;

/** What no agent is without: its name, what it is told, and who answers. */
export function BasicFields() {
  const { register, formState, setValue } = useFormContext<AgentForm>();
  const { errors } = formState;
  const systemPrompt = useWatch<AgentForm, "systemPrompt">({ name: "systemPrompt" });
  const { field: provider } = useController<AgentForm, "provider">({ name: "provider" });
  const { field: model } = useController<AgentForm, "model">({ name: "model" });
  return (
    <div className="space-y-4">
      <TextField label="Name" {...register("name")} error={errors.name?.message} />
      <TextArea
        label="Instructions"
        className="min-h-48 font-mono text-xs"
        {...register("systemPrompt")}
        error={errors.systemPrompt?.message}
        hint={
          <>
            What the model is told before each conversation. <Count of={systemPrompt.length} /> of{" "}
            <Count of={PROMPT_CHARS_MAX} /> characters; how many tokens that is,
            &ldquo;Prompt&rdquo; says.
          </>
        }
      />
      <ModelChoice
        value={{ provider: provider.value, model: model.value }}
        change={(chosen) => {
          setValue("provider", chosen.provider, { shouldDirty: true });
          setValue("model", chosen.model, { shouldDirty: true, shouldValidate: true });
        }}
        error={errors.model?.message ?? errors.provider?.message}
      />
    </div>
  );
}
