/** Where the deployment's refusal belongs: beside the field that it is about. */
import type { FieldPath } from "react-hook-form";
import { failureOf, messageOf } from "../../../data/failures";
import type { AgentForm } from "./form";

type Field = FieldPath<AgentForm>;

/** Settings whose fields of the form have another name. */
const FIELDS: Readonly<Record<string, Field>> = {
  "limits.toolRounds": "toolRounds",
  "limits.minutes": "minutes",
  "limits.tokens": "tokens",
  summaryModel: "summary.model",
  "consensus.choices": "choices",
  "consensus.judge": "judge",
  "consensus.weights": "weights",
  "consensus.quorum": "quorum",
  "consensus.deadlineSeconds": "deadlineSeconds",
  consensus: "consensusModels",
  "tools.approval.expiresAfterMinutes": "tools",
};

/** The field, or "root" where it is about none, and what is wrong. */
export function refusalOf(
  error: unknown,
  form: AgentForm,
): { at: Field | "root"; message: string } {
  const failure = failureOf(error);
  const message = messageOf(error);
  if (failure?.kind !== "invalid_argument") return { at: "root", message };
  const { field } = failure;
  const at = FIELDS[field] ?? field;
  return { at: at in form || at.includes(".") ? (at as Field) : "root", message };
}
