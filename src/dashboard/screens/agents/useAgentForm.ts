import { zodResolver } from "@hookform/resolvers/zod";
import { useEffect, useState } from "react";
import { useForm, type UseFormReturn } from "react-hook-form";
import { api } from "../../../../convex/_generated/api";
import type { AgentView } from "../../../../convex/views";
import { useTenantMutation } from "../../data/tenant";
import { formOf } from "./form/fill";
import { AgentForm } from "./form/form";
import { refusalOf } from "./form/refused";
import { changesOf, settingsOf, type Changes } from "./form/settings";

export type Editing = {
  form: UseFormReturn<AgentForm>;
  /** What would be saved. */
  changes: () => Changes;
  save: () => Promise<void>;
  /** Goes back to what is saved. */
  discard: () => void;
  /** Whether somebody has saved it meanwhile, so that the form is of an older one. */
  isOutdated: boolean;
};

/**
 * The form of an agent. What others save meanwhile is shown at once, unless something is being changed here: then the
 * form stays, and says so. Only what was changed here is written.
 */
export function useAgentForm(agent: AgentView): Editing {
  const update = useTenantMutation(api.mutations.agents.update);
  const [base, setBase] = useState(agent);
  const form = useForm<AgentForm>({
    resolver: zodResolver(AgentForm),
    defaultValues: formOf(agent),
    mode: "onTouched",
  });
  const { isDirty } = form.formState;
  const { reset } = form;
  const isOutdated = base.updatedAt !== agent.updatedAt;
  useEffect(() => {
    if (!isOutdated || isDirty) return;
    setBase(agent);
    reset(formOf(agent));
  }, [agent, isOutdated, isDirty, reset]);

  const before = () => settingsOf(formOf(base));
  const submit = form.handleSubmit(async (filled) => {
    try {
      await update({ agentId: agent._id, ...changesOf(before(), settingsOf(filled)) });
      // What was saved is what the agent is now; the effect above takes it over.
      reset(filled);
    } catch (error) {
      const { at, message } = refusalOf(error, filled);
      form.setError(at, { message });
      // Once the part of the form that it is in has been opened.
      if (at !== "root") setTimeout(() => form.setFocus(at));
    }
  });
  return {
    form,
    changes: () => changesOf(before(), settingsOf(form.getValues())),
    save: async () => await submit(),
    discard: () => {
      setBase(agent);
      reset(formOf(agent));
    },
    isOutdated,
  };
}
