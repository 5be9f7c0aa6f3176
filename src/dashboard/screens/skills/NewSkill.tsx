import { zodResolver } from "@hookform/resolvers/zod";
import { useNavigate } from "@tanstack/react-router";
import { FormProvider, useForm } from "react-hook-form";
import { z } from "zod";
import { api } from "../../../../convex/_generated/api";
import { useTenant, useTenantAction } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { TextArea, TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { FIRST_VERSION, VersionForm, versionOf } from "./made";
import { placeOf } from "./refusedVersion";
import { VersionFields } from "./VersionFields";

const Form = VersionForm.extend({
  id: z.string().trim().min(1, "Give it an id."),
  name: z.string().trim().min(1, "Give it a name."),
  description: z.string().trim().min(1, "Say what it does."),
  category: z.string().trim().min(1, "Say of which kind it is."),
});
type Form = z.infer<typeof Form>;

export function NewSkill({ close }: { close: () => void }) {
  const { slug: tenant } = useTenant();
  const navigate = useNavigate();
  const create = useTenantAction(api.actions.skills.create);
  const form = useForm<Form>({
    resolver: zodResolver(Form),
    defaultValues: { ...FIRST_VERSION, id: "skill_", name: "", description: "", category: "data" },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (filled) => {
    const { id, name, description, category } = filled;
    try {
      await create({ id, name, description, category, ...versionOf(filled) });
      await navigate({ to: "/$tenant/skills/$skillId", params: { tenant, skillId: id } });
    } catch (error) {
      const { at, message } = placeOf(error, filled);
      form.setError(at as keyof Form, { message }, { shouldFocus: true });
    }
  });
  return (
    <Dialog
      title="New skill"
      hint="A draft: for your own agents, until you offer it."
      close={close}
    >
      <FormProvider {...form}>
        <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField label="Name" {...form.register("name")} error={errors.name?.message} />
            <TextField
              label="Id"
              {...form.register("id")}
              error={errors.id?.message}
              hint="One among all companies, such as skill_order_status. It never changes."
            />
          </div>
          <TextArea
            label="Description"
            className="min-h-16"
            {...form.register("description")}
            error={errors.description?.message}
            hint="For people who look for a skill."
          />
          <TextField
            label="Category"
            {...form.register("category")}
            error={errors.category?.message}
          />
          <VersionFields />
          <FormFooter
            verb="Make it"
            isBusy={isSubmitting}
            error={errors.root?.message}
            close={close}
          />
        </form>
      </FormProvider>
    </Dialog>
  );
}
