import { useFormContext, useWatch } from "react-hook-form";
import { TextArea, TextField } from "../../../ui/Field";
import { Section } from "../../../ui/Section";
import type { AgentForm } from "./form";

/** How others know it. */
export function MoreFields() {
  const { register, formState } = useFormContext<AgentForm>();
  const slug = useWatch<AgentForm, "slug">({ name: "slug" });
  const { slug: slugError, description, channels, metadata } = formState.errors;
  const errors = [slugError, description, channels, metadata];
  return (
    <Section
      title="Names and notes"
      hint={`agent:${slug}`}
      hasError={errors.some((error) => error !== undefined)}
    >
      <TextField
        label="Slug"
        {...register("slug")}
        error={slugError?.message}
        hint={
          <>
            Programs call it as the model <code>agent:{slug}</code>. They have to be told when it
            changes.
          </>
        }
      />
      <TextArea
        label="Description"
        className="min-h-16"
        {...register("description")}
        error={description?.message}
        hint="For people: models do not read it."
      />
      <TextArea
        label="Channels, one a line"
        className="min-h-16"
        {...register("channels")}
        error={channels?.message}
      />
      <TextArea
        label="Metadata, as JSON"
        className="min-h-16 font-mono text-xs"
        placeholder='{"team": "support"}'
        {...register("metadata")}
        error={metadata?.message}
      />
    </Section>
  );
}
