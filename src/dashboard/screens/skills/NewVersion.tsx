import { zodResolver } from "@hookform/resolvers/zod";
import { FormProvider, useForm } from "react-hook-form";
import { api } from "../../../../convex/_generated/api";
import type { SkillView } from "../../../../convex/views/skills";
import { useTenantAction } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { TextArea } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { nextOf, VersionForm, versionOf } from "./made";
import { placeOf } from "./refusedVersion";
import { VersionFields } from "./VersionFields";

type NewVersionProps = { skill: SkillView; close: () => void };

/** Another version, which begins as the newest one is. Agents stay at theirs until somebody updates them. */
export function NewVersion({ skill, close }: NewVersionProps) {
  const add = useTenantAction(api.actions.skills.addVersion);
  const form = useForm<VersionForm>({
    resolver: zodResolver(VersionForm),
    defaultValues: nextOf(skill),
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (filled) => {
    try {
      await add({ skillId: skill.id, ...versionOf(filled) });
      close();
    } catch (error) {
      const { at, message } = placeOf(error, filled);
      form.setError(at as keyof VersionForm, { message }, { shouldFocus: true });
    }
  });
  return (
    <Dialog title={`New version of "${skill.name}"`} hint={`Above ${skill.version}`} close={close}>
      <FormProvider {...form}>
        <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
          <VersionFields />
          <TextArea
            label="What is new in it"
            className="min-h-16"
            {...form.register("changelog")}
            error={errors.changelog?.message}
          />
          <FormFooter
            verb="Add it"
            isBusy={isSubmitting}
            error={errors.root?.message}
            close={close}
          />
        </form>
      </FormProvider>
    </Dialog>
  );
}
