/** Providers: what an answer counts as and costs, and whose thoughts go back to whom. One mistake each. */
import type { Mutant } from "./mutants";

const ANSWERS = ["tests/src/providers/answers.test.ts"];
const MATRIX = ["tests/src/providers/faultMatrix.test.ts"];
const CONTENT = ["tests/src/providers/content.test.ts"];
const REASONING = ["tests/convex/reasoningTurn.test.ts"];
const COOLDOWNS = ["tests/convex/cooldowns.test.ts"];
const COOLDOWNS_FILE = "convex/model/providers/cooldowns.ts";
const CACHING = ["tests/src/providers/promptCaching.test.ts"];
const STREAM_CALL = "src/providers/streamCall.ts";

export const PROVIDERS: readonly Mutant[] = [
  {
    name: "providers: what was cut off is final",
    file: STREAM_CALL,
    find: "if (reader.finish !== null) {\n    const",
    replace: "if (reader.finish !== null || progress.failure === null) {\n    const",
    tests: MATRIX,
  },
  {
    name: "providers: an error after the end makes a failure of the reply",
    file: STREAM_CALL,
    find: "if (reader.finish !== null) {\n    const",
    replace: "if (reader.failure === null && reader.finish !== null) {\n    const",
    tests: ANSWERS,
  },
  {
    name: "providers: an error after hidden reasoning costs nothing",
    file: STREAM_CALL,
    find: "reader.usage === null && !reader.begun",
    replace: "reader.usage === null && deliveredBytes === 0",
    tests: MATRIX,
  },
  {
    name: "providers: what arrived of an unfinished tool call costs nothing",
    file: STREAM_CALL,
    find: " + utf8Bytes(reader.unfinished)",
    replace: "",
    tests: ANSWERS,
  },
  {
    name: "providers: a connection that stays open is waited for",
    file: STREAM_CALL,
    find: "watch.heard(reader.finish === null ? undefined : AFTER_FINISH_MS);",
    replace: "watch.heard();",
    tests: ANSWERS,
  },
  {
    name: "providers: deltas of nothing are told",
    file: STREAM_CALL,
    find: 'if (text === "" && event.kind !== "reasoning_part") continue;',
    replace: "",
    tests: ANSWERS,
  },
  {
    name: "providers: Anthropic's placeholder is the final count",
    file: "src/providers/anthropic.ts",
    find: 'stopReason !== null && isCount(fieldOf(frame.usage, "output_tokens"))',
    replace: "stopReason !== null",
    tests: MATRIX,
  },
  {
    name: "providers: Gemini's zeros are the final count",
    file: "src/providers/google.ts",
    find: " && (!this.#hasSpoken || said.some(isCount))",
    replace: "",
    tests: ANSWERS,
  },
  {
    name: "providers: a running total is the final count",
    file: "src/providers/openaiChat.ts",
    find: "this.usageIsFinal = this.finish !== null;",
    replace: "this.usageIsFinal = true;",
    tests: ANSWERS,
  },
  {
    name: "providers: a call cut off at the allowance is made",
    file: "src/providers/openaiChat.ts",
    find: 'if (said === "length" || said === "filtered") {',
    replace: 'if (said === "filtered") {',
    tests: ANSWERS,
  },
  {
    name: "providers: a page with status 200 is a broken stream",
    file: "src/providers/guardedFetch.ts",
    find: 'if (first === "<") throw',
    replace: 'if (first === "!") throw',
    tests: MATRIX,
  },
  {
    name: "providers: a redirect is followed",
    file: "src/providers/guardedFetch.ts",
    find: '{ ...init, redirect: "manual" }',
    replace: "init",
    tests: ["tests/src/providers/redirects.test.ts"],
  },
  {
    name: "providers: a frame may be of any size",
    file: "src/providers/guardedFetch.ts",
    find: "if (lineBytes > LINE_BYTES_MAX || streamBytes > STREAM_BYTES_MAX) {",
    replace: "if (streamBytes > STREAM_BYTES_MAX) {",
    tests: ANSWERS,
  },
  {
    name: "providers: a frame of Responses that is sent again counts twice",
    file: "src/providers/openaiResponses.ts",
    find: "if (this.#isSentAgain(frame)) return [];",
    replace: "",
    tests: ANSWERS,
  },
  {
    name: "providers: another model's thoughts are sent",
    file: "src/providers/reasoningParts.ts",
    find: "part.provider !== provider || part.model !== model",
    replace: "part.provider !== provider",
    tests: CONTENT,
  },
  {
    name: "providers: thoughts that another account sealed are sent",
    file: "convex/jobs/modelRequest.ts",
    find: "thoughts?.account === account ? thoughts.parts : []",
    replace: "thoughts?.parts ?? []",
    tests: REASONING,
  },
  {
    name: "providers: what led to tool calls is forgotten",
    file: "convex/jobs/modelCall.ts",
    find: "if (sizeBytes === 0 || !fit) return { toolCalls };",
    replace: "return { toolCalls };",
    tests: REASONING,
  },
  {
    name: "cool-downs: a model that cools down is called",
    file: "convex/model/runs/modelChoice.ts",
    find: "if (cooldown === null || Cooldowns.freeAtMs(cooldown) <= nowMs) {",
    replace: "if (cooldown === null || Cooldowns.freeAtMs(cooldown) > 0) {",
    tests: COOLDOWNS,
  },
  {
    name: "cool-downs: all try at once when the time has come",
    file: COOLDOWNS_FILE,
    find: "return Math.max(untilMs, probingUntilMs);",
    replace: "return Math.max(untilMs, probingUntilMs * 0);",
    tests: COOLDOWNS,
  },
  {
    name: "cool-downs: one that is over is kept",
    file: COOLDOWNS_FILE,
    find: "await (isBack ? end(ctx, probes) : endProbe(ctx, probes));",
    replace: "await endProbe(ctx, probes);",
    tests: COOLDOWNS,
  },
  {
    name: "cool-downs: a wrong key is one model's affair",
    file: COOLDOWNS_FILE,
    find: "const model = rule.ofAccount ? undefined : called.model;",
    replace: "const model = called.model;",
    tests: COOLDOWNS,
  },
  {
    name: "cool-downs: a changed account is still left alone",
    file: "convex/model/providers/providers.ts",
    find: 'await ctx.db.patch("providers", id, { ...changed, updatedAt: nowMs });\n  await Cooldowns.forget(ctx, scope, row);',
    replace: 'await ctx.db.patch("providers", id, { ...changed, updatedAt: nowMs });',
    tests: COOLDOWNS,
  },
  {
    name: "cool-downs: the deployment's new key is left alone with the old one",
    file: COOLDOWNS_FILE,
    find: "mark === undefined || mark === present",
    replace: "mark === undefined || mark !== present",
    tests: COOLDOWNS,
  },
  {
    name: "cool-downs: what the old key was refused counts for the new one",
    file: COOLDOWNS_FILE,
    find: "row?.mark === undefined || row.mark === called.mark ? row : undefined;",
    replace: "row;",
    tests: COOLDOWNS,
  },
  {
    name: "cool-downs: nobody waits",
    file: "convex/model/runs/modelChoice.ts",
    find: "patienceEndsMs <= nowMs) {",
    replace: "patienceEndsMs > nowMs) {",
    tests: COOLDOWNS,
  },
  {
    name: "prompt caching: a history that moves on is written anew each time",
    file: "src/providers/promptCaching.ts",
    find: "goesOn && !isCut;",
    replace: "goesOn;",
    tests: CACHING,
  },
  {
    name: "prompt caching: whatever is long is kept",
    file: "src/providers/promptCaching.ts",
    find: "&& goesOn && !isCut;",
    replace: "&& !isCut;",
    tests: CACHING,
  },
  {
    name: "prompt caching: nothing is kept but all of it",
    file: "src/providers/anthropicRequest.ts",
    find: "return kept === null ? text : ",
    replace: "return kept === null || text.length > 0 ? text : ",
    tests: ["tests/convex/promptCaching.test.ts"],
  },
];
