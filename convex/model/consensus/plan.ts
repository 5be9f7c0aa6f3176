/** What an agent says of its votes: who votes, what a vote is compared by, and what it takes to agree. */
import { ConvexError, type Infer } from "convex/values";
import { SECOND_MS } from "../../../src/core/limits";
import { fail } from "../../lib/errors";
import {
  PROVIDERS,
  type AgentSettings,
  type ConsensusPlan,
  type FallbackModel,
  type vProvider,
} from "../../validators";

const VOTERS = { min: 2, max: 7 };
const CHOICES = { min: 2, max: 50, lengthMax: 200 };
const WEIGHT_MAX = 1_000;
/** A run's worker lives for ten minutes, and the judge comes after the votes. */
export const DEADLINE_SECONDS = { min: 5, default: 120, max: 300 };

type Provider = Infer<typeof vProvider>;
type Said = Pick<AgentSettings, "provider" | "consensusModels" | "consensusStrategy" | "consensus">;

export type Voter = FallbackModel & { weight: number };
export type Vote = {
  plan: Omit<ConsensusPlan, "deadlineAtMs">;
  deadlineMs: number;
  voters: Voter[];
};

/**
 * The vote that the settings describe.
 *
 * @throws invalid_argument - It could not be held: too few or too many models, nothing to compare answers by, or
 *   weights, a quorum, choices or a deadline that make no sense.
 */
export function voteOf({
  provider,
  consensusModels,
  consensusStrategy,
  consensus = {},
}: Said): Vote {
  const models = consensusModels ?? [];
  if (models.length < VOTERS.min || models.length > VOTERS.max) {
    refuse("consensusModels", `must have ${VOTERS.min} to ${VOTERS.max} models to vote`);
  }
  const { choices, judge, weights, quorum, deadlineSeconds } = consensus;
  if (choices === undefined && judge === undefined) {
    const reason =
      "needs choices, which answers are compared with, or a judge that says which are the same";
    refuse("consensus", reason);
  }
  const strategy = consensusStrategy ?? "majority";
  const weightsOf = checkedWeights(weights, {
    count: models.length,
    isWeighted: strategy === "weighted",
  });
  return {
    plan: {
      strategy,
      quorum: checkedQuorum(quorum ?? Math.floor(models.length / 2) + 1, models.length),
      ...(choices !== undefined && { choices: checkedChoices(choices) }),
      ...(choices === undefined && judge !== undefined && { judge: modelNamed(judge, provider) }),
    },
    deadlineMs: checkedDeadline(deadlineSeconds ?? DEADLINE_SECONDS.default) * SECOND_MS,
    voters: models.map((name, nth) => ({
      ...modelNamed(name, provider),
      weight: weightsOf[nth] ?? 1,
    })),
  };
}

/** As `voteOf`, for settings that were stored before they were checked. */
export function checkedVote(
  said: Said,
): { ok: true } | { ok: false; field: string; reason: string } {
  try {
    voteOf(said);
    return { ok: true };
  } catch (error) {
    const data: unknown = error instanceof ConvexError ? error.data : null;
    if (!isInvalid(data)) throw error;
    return { ok: false, ...data };
  }
}

function isInvalid(data: unknown): data is { field: string; reason: string } {
  return (data as { kind?: unknown } | null)?.kind === "invalid_argument";
}

/** "provider/model", or a model of the agent's own provider; models may have slashes, too. */
export function modelNamed(name: string, own: Provider): FallbackModel {
  const provider = PROVIDERS.find(
    (one) => name.startsWith(`${one}/`) && name.length > one.length + 1,
  );
  if (provider === undefined) return { provider: own, model: name };
  return { provider, model: name.slice(provider.length + 1) };
}

function checkedWeights(
  weights: readonly number[] | undefined,
  { count, isWeighted }: { count: number; isWeighted: boolean },
): readonly number[] {
  if (weights === undefined) {
    if (isWeighted) refuse("consensus.weights", "must have a weight for each model");
    return [];
  }
  const isSound = weights.every((weight) => weight > 0 && weight <= WEIGHT_MAX);
  if (weights.length !== count || !isSound) {
    refuse("consensus.weights", `must have ${count} numbers above 0 and up to ${WEIGHT_MAX}`);
  }
  return weights;
}

function checkedQuorum(quorum: number, count: number): number {
  if (Number.isInteger(quorum) && quorum >= 1 && quorum <= count) return quorum;
  return refuse("consensus.quorum", `must be a whole number from 1 to ${count}`);
}

function checkedChoices(choices: readonly string[]): string[] {
  const distinct = new Set(choices.map((choice) => choice.trim().toLowerCase()));
  const isSound = choices.every(
    (choice) => choice.trim() !== "" && choice.length <= CHOICES.lengthMax,
  );
  if (
    isSound &&
    distinct.size === choices.length &&
    distinct.size >= CHOICES.min &&
    distinct.size <= CHOICES.max
  ) {
    return choices.map((choice) => choice.trim());
  }
  const reason = `must have ${CHOICES.min} to ${CHOICES.max} different texts of up to ${CHOICES.lengthMax} characters`;
  return refuse("consensus.choices", reason);
}

function checkedDeadline(seconds: number): number {
  const { min, max } = DEADLINE_SECONDS;
  if (Number.isInteger(seconds) && seconds >= min && seconds <= max) return seconds;
  return refuse("consensus.deadlineSeconds", `must be a whole number from ${min} to ${max}`);
}

function refuse(field: string, reason: string): never {
  return fail({ kind: "invalid_argument", field, reason });
}
