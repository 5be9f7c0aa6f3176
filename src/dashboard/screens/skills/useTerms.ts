import { useState } from "react";
import { failureOf, messageOf } from "../../data/failures";
import { configOf, filledIn, type Config } from "./config";

type Refusal = { kind: "grants" | "config" | "other"; name: string; message: string };

type Start = {
  schema: Config | undefined;
  config?: Config | undefined;
  granted?: readonly string[];
};

/** On which terms an agent has a skill, as somebody decides them, and what the deployment has against them. */
export function useTerms({ schema, config, granted: already = [] }: Start) {
  const [values, setValues] = useState<readonly string[]>(() => filledIn(schema, config));
  const [granted, setGranted] = useState<ReadonlySet<string>>(() => new Set(already));
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const of = (kind: Refusal["kind"]) => (refusal?.kind === kind ? refusal : null);
  return {
    values,
    setValues,
    granted,
    setGranted,
    isBusy,
    refusedGrants: of("grants")?.message,
    refusedSetting: of("config"),
    refused: of("other")?.message,
    config: () => configOf(schema, values),
    /** Does it, and says what was refused; whether it was done. */
    attempt: async (act: () => Promise<unknown>): Promise<boolean> => {
      setBusy(true);
      try {
        await act();
        return true;
      } catch (error) {
        setRefusal(refusalOf(error));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

function refusalOf(error: unknown): Refusal {
  const failure = failureOf(error);
  const message = messageOf(error);
  const field = failure?.kind === "invalid_argument" ? failure.field : "";
  if (field === "grantedPermissions") return { kind: "grants", name: field, message };
  const setting = /^config\.([^.]+)/.exec(field)?.[1];
  if (setting !== undefined) return { kind: "config", name: setting, message };
  return { kind: "other", name: field, message };
}
