/**
 * A call whose caller waits for it: begun in one transaction, driven in the caller's own HTTP action, and heard while it
 * arrives. Whoever leaves ends it: the provider's stream is closed within a second, and what it cost is booked.
 */
import { CALL_BYTES_MAX } from "../../../src/context/files";
import { TOOL_CALLS_PER_REPLY_MAX } from "../../../src/core/tools";
import type { Call, Thought } from "../../../src/completions/dialect";
import { CANCELLED, failureOfRun, INTERNAL, type Failure } from "../../../src/completions/failures";
import { SECOND_MS } from "../../../src/core/limits";
import type { Given } from "../../../src/completions/given";
import { inputCountsOf, type InputCounts } from "../../../src/pricing/usage";
import type { ProviderEvent } from "../../../src/providers/provider";
import { internal } from "../../_generated/api";
import type { Id } from "../../_generated/dataModel";
import type { ActionCtx } from "../../_generated/server";
import { CALLERS_LIFE_MS, driveRun, type TakenBefore } from "../../jobs/driveRun";
import { Gate } from "../../lib/gate";
import { persistently } from "../../lib/persistently";
import type { BegunCall } from "../../model/completions/begin";
import type { Outcome } from "../../model/completions/outcome";

/** How often a call that waits for its turn, or before another try, is looked after. */
const LOOK_INTERVAL_MS = 100;
/** Whoever is at a run that is cancelled ends it within a second; after that its reader is waited for no longer. */
const ENDING_MS = 10 * SECOND_MS;

export type Listener = {
  text(text: string): void;
  reasoning(text: string): void;
  thought(thought: Thought): void;
  call(call: Call): void;
};

/** How it ended: with an answer, or why without one. */
export type End =
  | { outcome: Outcome; stoppedAt: string | undefined; failure: null }
  | { outcome: null; failure: Failure };

export class LiveCall {
  readonly #ctx: ActionCtx;
  readonly #given: Given;
  readonly #begun: BegunCall;
  readonly #runId: Id<"runs">;
  readonly #untilMs = Date.now() + CALLERS_LIFE_MS;
  readonly #ownTools: ReadonlySet<string>;
  readonly #listener: Listener;
  #outcome: Outcome | null;
  #retryAfterMs: number | undefined;
  #hasLeft = false;
  #hasHeard = false;
  #isBetweenReplies = false;
  #callsOfReply = 0;
  #thought = "";
  /** Thoughts of which there is nothing to read: until something follows, the reply may still be begun anew. */
  #heldThoughts: Thought[] = [];
  /** Where the last reply alone is told: what this one says, until it is known to be that. */
  #heldText: string[] = [];
  #stoppedAt: string | undefined;
  /** As the provider has said it by now. */
  inputCounts: InputCounts = { input: 0, cacheRead: 0, cacheWrite: 0 };
  #upstreamSinceMs = 0;
  /** How long providers took. */
  upstreamMs = 0;

  constructor(
    ctx: ActionCtx,
    { given, begun, listener }: { given: Given; begun: BegunCall; listener: Listener },
  ) {
    this.#ctx = ctx;
    this.#given = given;
    this.#begun = begun;
    this.#runId = begun.runId;
    this.#outcome = begun.outcome;
    this.#listener = listener;
    this.#ownTools = new Set(given.tools.map(({ name }) => name));
  }

  /** Drives it to its end. Does not throw. */
  async drive(leaseToken: string): Promise<End> {
    try {
      const { taken } = this.#begun;
      const outcome = await this.#toTheEnd(taken === null ? null : { leaseToken, taken });
      if (outcome.end.kind === "completed" && !this.#hasHeard) await this.#hearReply();
      return this.#endOf(outcome);
    } catch (error) {
      console.error(`run ${this.#runId} could not be driven to its end:`, error);
      await this.leave();
      return { outcome: null, failure: INTERNAL };
    }
  }

  /** Nobody hears it any more. Twice is no error; and does not throw: what cannot be ended now, ends with its lease. */
  async leave(): Promise<void> {
    if (this.#hasLeft || this.#outcome !== null) return;
    this.#hasLeft = true;
    const { leave } = internal.jobs.completions;
    try {
      await persistently(() => this.#ctx.runMutation(leave, { runId: this.#runId }));
    } catch (error) {
      console.error(`run ${this.#runId} could not be ended:`, error);
    }
  }

  async #toTheEnd(before: TakenBefore | null): Promise<Outcome> {
    if (before !== null) await this.#driveOnce(before);
    const { follow } = internal.jobs.completions;
    while (this.#outcome === null) {
      const progress = await this.#ctx.runQuery(follow, { runId: this.#runId });
      if (progress.outcome !== null) return progress.outcome;
      if (progress.waitsForPeople || Date.now() >= this.#untilMs) await this.leave();
      if (Date.now() >= this.#untilMs + ENDING_MS) throw new Error("it was ended, and goes on");
      const waitMs = (progress.freeAtMs ?? Infinity) - Date.now();
      if (waitMs <= 0) await this.#driveOnce();
      else await pause(Math.min(waitMs, LOOK_INTERVAL_MS));
    }
    return this.#outcome;
  }

  async #driveOnce(before?: TakenBefore): Promise<void> {
    const { completions } = internal.jobs;
    this.#upstreamSinceMs = performance.now();
    const work = {
      runId: this.#runId,
      given: this.#given,
      listen: (event: ProviderEvent) => this.#hear(event),
      take: async (lease: { runId: Id<"runs">; leaseToken: string }) => {
        const taken = await this.#ctx.runMutation(completions.take, lease);
        this.#upstreamSinceMs = performance.now();
        return taken;
      },
      finish: async (lease, made) => {
        this.upstreamMs += performance.now() - this.#upstreamSinceMs;
        this.#retryAfterMs = made.report.retryAfterMs;
        const { isStored, outcome } = await persistently(() =>
          this.#ctx.runMutation(completions.finish, { ...lease, ...made }),
        );
        this.#outcome = outcome;
        return isStored && outcome === null;
      },
      leftMs: () => this.#untilMs - Date.now(),
      fileGate: new Gate(CALL_BYTES_MAX),
    } satisfies Parameters<typeof driveRun>[1];
    await driveRun(this.#ctx, work, before);
  }

  #hear(event: ProviderEvent): void {
    switch (event.kind) {
      case "text":
        this.#tellThoughts();
        this.#heldText.push(event.text);
        if (!this.#begun.tellsLastReplyOnly) this.#tellText();
        break;
      case "tool_call":
        this.#tellThoughts();
        if (!this.#ownTools.has(event.name)) break;
        if (this.#callsOfReply++ >= TOOL_CALLS_PER_REPLY_MAX) break;
        // It ends the run.
        this.#tellText();
        this.#hasHeard = true;
        this.#listener.call(event);
        break;
      case "reasoning":
        this.#tellThoughts();
        this.#thought += event.text;
        this.#listener.reasoning(event.text);
        break;
      case "reasoning_part":
        this.#endThought({ provider: event.provider, json: event.block });
        break;
      case "usage":
        this.inputCounts = inputCountsOf(event.report.usage);
        break;
      case "finish":
        this.#endThought(null);
        this.#tellThoughts();
        if (event.reason !== "tool_calls" || this.#callsOfReply > 0) this.#tellText();
        this.#stoppedAt = event.stoppedAt;
        this.#endReply();
        break;
      case "error":
        this.#endThought(null);
        this.#endReply();
        break;
    }
  }

  #endThought(block: Thought["block"]): void {
    const thought = { text: this.#thought, block };
    this.#thought = "";
    if (thought.text !== "") this.#listener.thought(thought);
    else if (block !== null) this.#heldThoughts.push(thought);
  }

  /** What was held of it is not told any more. */
  #endReply(): void {
    [this.#heldThoughts, this.#heldText] = [[], []];
    this.#isBetweenReplies = true;
    this.#callsOfReply = 0;
  }

  #tellThoughts(): void {
    for (const thought of this.#heldThoughts) this.#listener.thought(thought);
    this.#heldThoughts = [];
  }

  #tellText(): void {
    for (const text of this.#heldText) {
      if (this.#isBetweenReplies && this.#hasHeard) this.#listener.text("\n\n");
      this.#isBetweenReplies = false;
      this.#hasHeard = true;
      this.#listener.text(text);
    }
    this.#heldText = [];
  }

  /** Of a vote, say, nothing is there to be heard before its end. */
  async #hearReply(): Promise<void> {
    const { reply } = internal.jobs.completions;
    const { text, toolCalls } = await this.#ctx.runQuery(reply, { runId: this.#runId });
    if (text !== "") this.#listener.text(text);
    for (const call of toolCalls) this.#listener.call(call);
  }

  #endOf(outcome: Outcome): End {
    const { end } = outcome;
    if (end.kind === "completed") return { outcome, stoppedAt: this.#stoppedAt, failure: null };
    if (end.kind === "cancelled") return { outcome: null, failure: CANCELLED };
    const failure = failureOfRun({ ...end, retryAfterMs: this.#retryAfterMs });
    return { outcome: null, failure };
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
