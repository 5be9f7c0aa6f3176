/** What a vote's worker and the database tell each other. */
import { v, type Infer } from "convex/values";
import {
  vAttemptError,
  vAttemptStatus,
  vCallFacts,
  vConsensusPlan,
  vFinishReason,
  vProvider,
  vUsageReport,
} from "../../validators";
import { vAccount } from "../providers/providers";

/** Of an answer: with six others and the message it is read in one transaction. */
export const ANSWER_CHARS_MAX = 100_000;

/** A model that is to be asked. */
export const vBallotToCast = v.object({
  stepId: v.id("run_steps"),
  provider: vProvider,
  model: v.string(),
  account: v.union(vAccount, v.null()),
  /** What it said already; null: nothing yet, or nothing any more. */
  answer: v.union(v.string(), v.null()),
  /** Null: it is not to be asked. */
  attemptId: v.union(v.string(), v.null()),
});
export type BallotToCast = Infer<typeof vBallotToCast>;

export const vOpened = v.object({
  plan: vConsensusPlan,
  ballots: v.array(vBallotToCast),
  /** What the judge has said already, or that it could not say; null: it was not asked, or has not answered. */
  judged: v.union(v.object({ groups: v.union(v.array(v.number()), v.null()) }), v.null()),
});
export type Opened = Infer<typeof vOpened>;

/** An attempt that is to be made, and of which model: a budget may have sent it to another than the agent names. */
export const vAsked = v.object({
  stepId: v.id("run_steps"),
  attemptId: v.string(),
  provider: vProvider,
  model: v.string(),
  account: v.union(vAccount, v.null()),
});
export type Asked = Infer<typeof vAsked>;

/** What became of an attempt at a vote, or at judging them. */
export const vVoteReport = v.object({
  stepId: v.id("run_steps"),
  attemptId: v.string(),
  status: vAttemptStatus,
  answer: v.union(v.string(), v.null()),
  problem: v.union(v.string(), v.null()),
  /** What the judge said. */
  groups: v.optional(v.array(v.number())),
  error: v.optional(vAttemptError),
  /** The model will be asked again. */
  goesOn: v.boolean(),
  usage: v.union(vUsageReport, v.null()),
  facts: vCallFacts,
  finishReason: v.optional(vFinishReason),
  warnings: v.array(v.string()),
  firstChunkAtMs: v.optional(v.number()),
  endedAtMs: v.number(),
});
export type VoteReport = Infer<typeof vVoteReport>;
