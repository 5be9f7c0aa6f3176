import type { ReactNode } from "react";
import type { AgentView } from "../../../../convex/views";
import type { PromptView } from "../../../../convex/views/prompts";
import { displayUsd, parseUsd } from "../../../core/money";
import { messageOf } from "../../data/failures";
import { useModels } from "../../data/models";
import { Meter } from "../../ui/Meter";
import { Empty, Loading } from "../../ui/states";
import { Count } from "../../ui/values";
import type { Editing } from "./useAgentForm";
import { useDraftPrompt } from "./useDraftPrompt";

type PromptProps = { agent: AgentView; editing: Editing };

/** What the model reads before anybody says a word, with what is not saved yet. */
export function Prompt({ agent, editing }: PromptProps) {
  const prompt = useDraftPrompt(agent._id, editing.changes());
  const { isDirty } = editing.form.formState;
  if (prompt === undefined) return <Loading lines={6} />;
  if (prompt instanceof Error) {
    return (
      <Empty title={messageOf(prompt)}>
        Mend it under &ldquo;Settings&rdquo;: then the prompt is shown.
      </Empty>
    );
  }
  return (
    <div className="space-y-4">
      <p className="text-subtle">
        What the model reads before the first message
        {isDirty ? ", as you have changed it and not saved yet." : "."} Tokens are estimates.
      </p>
      <Totals prompt={prompt} />
      {prompt.blocks.length === 0 && (
        <Empty title="Nothing">It has no instructions, no mode and no tools.</Empty>
      )}
      <ol className="space-y-3">
        {prompt.blocks.map((block) => (
          <li key={block.kind} className="border-line bg-surface rounded-lg border p-4">
            <div className="mb-2 flex items-center justify-between gap-2">
              <h2 className="font-semibold">{BLOCKS[block.kind] ?? block.kind}</h2>
              <span className="text-subtle">
                <Count of={block.tokens} /> tokens
              </span>
            </div>
            <pre
              tabIndex={0}
              className="bg-sunken max-h-96 overflow-auto rounded p-3 text-xs break-words whitespace-pre-wrap"
            >
              {block.text}
            </pre>
          </li>
        ))}
      </ol>
    </div>
  );
}

const BLOCKS: Readonly<Partial<Record<PromptView["blocks"][number]["kind"], string>>> = {
  system: "Instructions and skills",
  mode: "Mode",
  tools: "Tools",
};
const PERCENT = 100;

function Totals({ prompt }: { prompt: PromptView }) {
  const { provider, model, totalTokens, budget, maxOutputTokens, temperature } = prompt;
  const { modelOf } = useModels();
  const cost = costOf(totalTokens, modelOf(provider, model)?.inputUsdPerMillion);
  return (
    <div className="border-line bg-surface rounded-lg border p-4">
      <dl className="mb-3 flex flex-wrap gap-x-8 gap-y-3">
        <Figure name="In all">
          <Count of={totalTokens} /> tokens
        </Figure>
        <Figure name="Read once, at list price">{cost ?? "not known"}</Figure>
        <Figure name="It may read">
          <Count of={budget.inputTokens} /> tokens
        </Figure>
        <Figure name="It may write">
          <Count of={maxOutputTokens} /> tokens
        </Figure>
        <Figure name="Temperature">{temperature ?? "none is sent"}</Figure>
      </dl>
      <Meter
        label="Of what the model may read, the prompt takes"
        percent={(totalTokens / Math.max(1, budget.inputTokens)) * PERCENT}
      />
    </div>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-subtle">{name}</dt>
      <dd className="font-semibold">{children}</dd>
    </div>
  );
}

const PER_MILLION = 1_000_000n;

function costOf(tokens: number, usdPerMillion: string | undefined): string | null {
  const pico = usdPerMillion === undefined ? null : parseUsd(usdPerMillion);
  return pico === null ? null : displayUsd((pico * BigInt(tokens)) / PER_MILLION);
}
