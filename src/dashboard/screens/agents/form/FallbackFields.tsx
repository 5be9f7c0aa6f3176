import { Plus, Trash2 } from "lucide-react";
import { useFieldArray, useFormContext, useWatch } from "react-hook-form";
import { Button } from "../../../ui/Button";
import { CheckField } from "../../../ui/CheckField";
import { Section } from "../../../ui/Section";
import type { AgentForm } from "./form";
import { ModelChoice } from "../../../shared/ModelChoice";

const FALLBACKS_MAX = 3;

/** Who answers when its model cannot, and who draws long conversations together. */
export function FallbackFields() {
  const { formState, setValue, register } = useFormContext<AgentForm>();
  const { fields, append, remove } = useFieldArray<AgentForm, "fallbackModels">({
    name: "fallbackModels",
  });
  const [models, summary, own] = useWatch<AgentForm, ["fallbackModels", "summary", "model"]>({
    name: ["fallbackModels", "summary", "model"],
  });
  const { fallbackModels: error, summary: summaryError } = formState.errors;
  const message = error?.message ?? error?.root?.message;
  const told = models.map(({ model }) => model).filter((model) => model !== "");
  return (
    <Section
      title="Other models"
      hint={told.length === 0 ? "no fallback" : told.join(", ")}
      hasError={error !== undefined || summaryError !== undefined}
    >
      <p className="text-subtle">
        When {own} cannot be had before it has said anything, these are called, in this order.
      </p>
      {message !== undefined && (
        <p role="alert" className="text-bad">
          {message}
        </p>
      )}
      {fields.map(({ id }, index) => (
        <div key={id} className="flex items-start gap-2">
          <div className="min-w-0 grow">
            <ModelChoice
              of={`Fallback ${index + 1}`}
              value={models[index] ?? { provider: "anthropic", model: "" }}
              change={(chosen) =>
                setValue(`fallbackModels.${index}`, chosen, {
                  shouldDirty: true,
                  shouldValidate: true,
                })
              }
              error={error?.[index]?.model?.message}
            />
          </div>
          <Button
            size="icon"
            tone="quiet"
            aria-label={`Remove fallback ${index + 1}`}
            className="mt-6"
            onClick={() => remove(index)}
          >
            <Trash2 aria-hidden />
          </Button>
        </div>
      ))}
      {fields.length < FALLBACKS_MAX && (
        <Button size="sm" onClick={() => append({ provider: "anthropic", model: "" })}>
          <Plus aria-hidden /> Add a fallback
        </Button>
      )}
      <CheckField
        label="It draws long conversations together itself"
        hint="A summary takes the place of what does not fit any more. A cheaper model may do."
        {...register("summary.isOwn")}
      />
      {!summary.isOwn && (
        <ModelChoice
          of="Summaries"
          value={summary}
          change={(chosen) =>
            setValue("summary", { isOwn: false, ...chosen }, { shouldDirty: true })
          }
          error={summaryError?.model?.message}
        />
      )}
    </Section>
  );
}
