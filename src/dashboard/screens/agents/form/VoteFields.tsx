import { useFormContext, useWatch } from "react-hook-form";
import { CheckField } from "../../../ui/CheckField";
import { SelectField, TextArea, TextField } from "../../../ui/Field";
import { Section } from "../../../ui/Section";
import { linesOf, STRATEGIES, type AgentForm } from "./form";

const TEXTS = {
  majority: "More than half of the votes",
  weighted: "More than half of their weight",
  unanimous: "All of them",
} as const;

/** Several models vote on each answer. */
export function VoteFields() {
  const { register, formState } = useFormContext<AgentForm>();
  const [isOn, models] = useWatch<AgentForm, ["consensusEnabled", "consensusModels"]>({
    name: ["consensusEnabled", "consensusModels"],
  });
  const { consensusModels, consensusStrategy, choices, judge, weights, quorum, deadlineSeconds } =
    formState.errors;
  const errors = [
    consensusModels,
    consensusStrategy,
    choices,
    judge,
    weights,
    quorum,
    deadlineSeconds,
  ];
  return (
    <Section
      title="Vote of several models"
      hint={isOn ? `${linesOf(models).length} models` : "off"}
      hasError={errors.some((error) => error !== undefined)}
    >
      <CheckField
        label="Several models vote on each answer"
        hint="All are asked at once, without tools. Each of them costs."
        {...register("consensusEnabled")}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextArea
          label="Models that vote, one a line"
          placeholder={"anthropic/claude-haiku-5-5\nopenai/gpt-6-luna"}
          className="font-mono text-xs"
          {...register("consensusModels")}
          error={consensusModels?.message}
        />
        <TextArea
          label="Answers to choose from, one a line"
          placeholder={"yes\nno"}
          {...register("choices")}
          error={choices?.message}
          hint="With these, votes are compared as they are; without, a judge compares them."
        />
        <SelectField
          label="What wins"
          {...register("consensusStrategy")}
          error={consensusStrategy?.message}
        >
          <option value="">As the deployment has it</option>
          {STRATEGIES.map((strategy) => (
            <option key={strategy} value={strategy}>
              {TEXTS[strategy]}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Judge"
          placeholder="anthropic/claude-haiku-5-5"
          {...register("judge")}
          error={judge?.message}
          hint="The model that says which free answers are the same."
        />
        <TextArea
          label="Weights, one a line"
          className="min-h-16"
          {...register("weights")}
          error={weights?.message}
          hint="In the order of the models, for votes by weight."
        />
        <div className="space-y-4">
          <TextField
            label="Votes that have to be there"
            inputMode="numeric"
            placeholder="more than half"
            {...register("quorum")}
            error={quorum?.message}
          />
          <TextField
            label="Seconds to vote"
            inputMode="numeric"
            placeholder="120"
            {...register("deadlineSeconds")}
            error={deadlineSeconds?.message}
          />
        </div>
      </div>
    </Section>
  );
}
