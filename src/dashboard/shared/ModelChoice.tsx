import type { ChangeEvent } from "react";
import { STARTING_MODELS } from "../../core/startingModels";
import { pricesOf, useModels } from "../data/models";
import { SelectField, TextField } from "../ui/Field";
import { PROVIDER_NAMES, PROVIDERS, type Provider } from "../data/providers";

export type Choice = { provider: Provider; model: string };

type ModelChoiceProps = {
  /** Said before "provider" and "model", where there are several of them on a screen. */
  of?: string;
  value: Choice;
  change: (choice: Choice) => void;
  error?: string | undefined;
};

const OTHER = "…";

/** A provider and a model of it: those that the price book knows by list, others by name. */
export function ModelChoice({ of = "", value, change, error }: ModelChoiceProps) {
  const { providers, modelOf } = useModels();
  const { provider, model } = value;
  const here = providers?.find((one) => one.provider === provider);
  const known = modelOf(provider, model);
  // Until the list is there, nobody knows whether the model is in it.
  const isOther = here !== undefined && known === undefined;
  const label = (noun: string) => (of === "" ? noun : `${of}: ${noun.toLowerCase()}`);
  const choose = ({ target }: ChangeEvent<HTMLSelectElement>) =>
    change({ provider, model: target.value === OTHER ? "" : target.value });
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <SelectField
        label={label("Provider")}
        value={provider}
        onChange={({ target }) => change(firstOf(target.value as Provider))}
        hint={
          here?.isReady === false
            ? "There is no account for it yet: neither the company's nor the deployment's."
            : undefined
        }
      >
        {PROVIDERS.map((one) => (
          <option key={one} value={one}>
            {PROVIDER_NAMES[one]}
            {providers?.find(({ provider: name }) => name === one)?.isReady === false &&
              " (no account yet)"}
          </option>
        ))}
      </SelectField>
      <div className="space-y-3">
        <SelectField
          label={label("Model")}
          value={isOther ? OTHER : model}
          onChange={choose}
          error={isOther ? undefined : error}
          hint={known === undefined ? undefined : `${pricesOf(known)} for a million tokens`}
        >
          {here === undefined && <option value={model}>{model}</option>}
          {here?.models.map((one) => (
            <option key={one.model} value={one.model}>
              {one.name} ({pricesOf(one)})
            </option>
          ))}
          <option value={OTHER}>Another one, by its name</option>
        </SelectField>
        {isOther && (
          <TextField
            label={label("Name of the model")}
            value={model}
            onChange={({ target }) => change({ provider, model: target.value })}
            error={error}
            hint="As the provider calls it. Without a known price, hard budgets refuse it."
          />
        )}
      </div>
    </div>
  );
}

function firstOf(provider: Provider): Choice {
  return { provider, model: provider === "openai_compatible" ? "" : STARTING_MODELS[provider] };
}
