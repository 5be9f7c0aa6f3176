/** The first minute of an agent: a name, what it is to do, and a model. All else has a default, and can be changed. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useNavigate } from "@tanstack/react-router";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { api } from "../../../../convex/_generated/api";
import { STARTING_MODELS } from "../../../core/startingModels";
import { failureOf, messageOf } from "../../data/failures";
import { useModels } from "../../data/models";
import { useMay, useTenant, useTenantMutation, useTenantQuery } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { TextArea, TextField } from "../../ui/Field";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";
import { PROVIDERS } from "../../data/providers";
import { ModelChoice, type Choice } from "../../shared/ModelChoice";
import { TEMPLATES } from "./templates";

const Form = z.object({
  name: z.string().trim().min(1, "Give it a name."),
  systemPrompt: z.string(),
  provider: z.enum(PROVIDERS),
  model: z.string().trim().min(1, "Name a model."),
});
type Form = z.infer<typeof Form>;

export function NewAgent() {
  const mayWrite = useMay("agents:write");
  const start = useStart();
  if (!mayWrite) return <Empty title="Your role makes no agents">An operator can.</Empty>;
  return (
    <>
      <ScreenHeader
        title="New agent"
        hint="All of it can be changed later, and tried out at once."
      />
      {start === undefined ? <Loading lines={6} /> : <NewAgentForm start={start} />}
    </>
  );
}

function NewAgentForm({ start }: { start: Choice }) {
  const { slug: tenant } = useTenant();
  const navigate = useNavigate();
  const create = useTenantMutation(api.mutations.agents.create);
  const { register, handleSubmit, setValue, setError, watch, formState } = useForm<Form>({
    resolver: zodResolver(Form),
    defaultValues: { name: "", systemPrompt: TEMPLATES[0].text, ...start },
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (agent) => {
    try {
      const agentId = await create(agent);
      await navigate({ to: "/$tenant/agents/$agentId", params: { tenant, agentId } });
    } catch (error) {
      const failure = failureOf(error);
      const field = failure?.kind === "invalid_argument" && failure.field in agent;
      setError(field ? (failure.field as keyof Form) : "root", { message: messageOf(error) });
    }
  });
  return (
    <Card className="max-w-2xl">
      <form className="space-y-4" onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label="Name"
          autoFocus
          placeholder="Support"
          {...register("name")}
          error={errors.name?.message}
        />
        <div className="space-y-2">
          <div role="group" aria-label="Begin with" className="flex flex-wrap items-center gap-2">
            <span className="text-subtle">Begin with</span>
            {TEMPLATES.map(({ name, text }) => (
              <Button
                key={name}
                size="sm"
                aria-pressed={watch("systemPrompt") === text}
                className="aria-pressed:bg-accent-soft aria-pressed:text-accent"
                onClick={() => setValue("systemPrompt", text)}
              >
                {name}
              </Button>
            ))}
          </div>
          <TextArea
            label="Instructions"
            className="min-h-48"
            {...register("systemPrompt")}
            error={errors.systemPrompt?.message}
            hint="What it is told before each conversation: who it is, what it does, and what it does not."
          />
        </div>
        <ModelChoice
          value={{ provider: watch("provider"), model: watch("model") }}
          change={({ provider, model }) => {
            setValue("provider", provider);
            setValue("model", model, { shouldValidate: model !== "" });
          }}
          error={errors.model?.message}
        />
        {errors.root !== undefined && (
          <p role="alert" className="text-bad">
            {errors.root.message}
          </p>
        )}
        <div className="flex justify-end">
          <Button type="submit" tone="primary" disabled={isSubmitting}>
            Make it
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** The model of the newest agent, if it can be called; else the one to begin with of the first provider that can. */
function useStart(): Choice | undefined {
  const { providers } = useModels();
  const agents = useTenantQuery(api.queries.agents.list, { limit: 1 });
  if (providers === undefined || agents === undefined) return undefined;
  const ready = new Set(providers.filter(({ isReady }) => isReady).map(({ provider }) => provider));
  const newest = agents.find(({ provider }) => ready.has(provider));
  if (newest !== undefined) return { provider: newest.provider, model: newest.model };
  const provider = PROVIDERS.find((one) => ready.has(one)) ?? "anthropic";
  return { provider, model: provider === "openai_compatible" ? "" : STARTING_MODELS[provider] };
}
