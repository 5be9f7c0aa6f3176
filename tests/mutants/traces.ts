/** Traces: what is told, to whom, how often, and what is kept from it. One mistake each. */
import type { Mutant } from "./mutants";

const tests = ["tests/convex/traces.test.ts"];
const MARKS = { file: "convex/model/traces.ts", tests };
const SPANS = { file: "src/tracing/otlp.ts", tests };

export const TRACES: readonly Mutant[] = [
  {
    name: "traces: runs that ended at the same moment are passed over",
    ...MARKS,
    find: "return [...atTheSameTime, ...later].slice(0, RUNS_PER_BATCH);",
    replace: "return later;",
  },
  {
    name: "traces: what ended just now is told before what may still commit",
    ...MARKS,
    find: "endedAfter(ctx, from, nowMs - SETTLED_MS)",
    replace: "endedAfter(ctx, from, nowMs)",
  },
  {
    name: "traces: a collector that is away is asked at once again",
    ...MARKS,
    find: "if (place === null || retryAtMs > nowMs) return null;",
    replace: "if (place === null) return null;",
  },
  {
    name: "traces: a collector's own wait is not kept to",
    ...MARKS,
    find: "Math.max(waitMs, retryAfterMs ?? 0)",
    replace: "waitMs",
  },
  {
    name: "traces: what a collector did not take is forgotten",
    file: "convex/jobs/traces.ts",
    tests,
    find: 'if (answer.kind === "failed") {',
    replace: 'if (answer.kind === "failed" && answer.why === "") {',
  },
  {
    name: "traces: the export begins with all that ever was",
    ...MARKS,
    find: "const place = { endedAtMs: nowMs, createdAt: 0 };",
    replace: "const place = { endedAtMs: nowMs - BACKLOG_MS, createdAt: 0 };",
  },
  {
    name: "traces: a step has no parent",
    ...SPANS,
    find: "parentSpanId: step.parentId === null ? runSpanId : await spanIdOf(step.parentId),",
    replace: "parentSpanId: traceId,",
  },
  {
    name: "traces: ids are made anew each time",
    ...SPANS,
    find: "return (await hashOf(`span/${id}`)).slice(0, SPAN_ID_HEX);",
    replace: "return (await hashOf(`span/${id}${Math.random()}`)).slice(0, SPAN_ID_HEX);",
  },
  {
    name: "traces: adjustments are nobody's",
    file: "convex/model/runs/trace.ts",
    tests,
    find: "spentOn.set(attemptId, sumOf([spentOn.get(attemptId) ?? NOTHING, { costPico, usage }]));",
    replace: "spentOn.set(event.attemptId, { costPico: 0n, usage });",
  },
];
