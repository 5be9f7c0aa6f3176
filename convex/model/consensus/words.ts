/** What a vote says where no answer won. */
import type { ConsensusResult } from "../../validators";
import type { VoteStep } from "./journal";

/** Each answer by its beginning; the whole stands in its step. */
const EXCERPT_CHARS_MAX = 4_000;

const WORDS: Readonly<Record<ConsensusResult["outcome"], string>> = {
  open: "",
  agreed: "",
  no_agreement: "The models did not agree. These are their answers.",
  no_quorum: "Too few models answered to agree on anything. This is what was said.",
  not_judged:
    "Which of the models' answers are the same could not be judged. These are the answers.",
};

/** For readers: how it came out, and each vote. */
export function textOf(outcome: ConsensusResult["outcome"], votes: readonly VoteStep[]): string {
  const said = votes.map(({ provider, model, ballot: { answer, problem } }) => {
    const text = answer?.slice(0, EXCERPT_CHARS_MAX) ?? `(no answer: ${problem ?? "none"})`;
    return `${provider}/${model}:\n${text}`;
  });
  return [WORDS[outcome], ...said].join("\n\n");
}
