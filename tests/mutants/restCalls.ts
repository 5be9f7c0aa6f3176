/** Writes over HTTP that are done once, requests that are counted, and runs as events: one mistake each. */
import type { Mutant } from "./mutants";

const CALLS = ["tests/convex/restCalls.test.ts"];
const KEPT = ["tests/rest/keptAnswers.test.ts"];
const STREAM = ["tests/rest/runStream.test.ts"];
const MODEL = "convex/model/idempotency.ts";
const JOBS = "convex/jobs/rest.ts";

export const REST_CALLS: readonly Mutant[] = [
  {
    name: "REST calls: a key stands for any request",
    file: MODEL,
    find: "row.requestHash !== under.requestHash || ",
    replace: "",
    tests: CALLS,
  },
  {
    name: "REST calls: a weaker key is told what its owner was told",
    file: MODEL,
    find: " || row.keyId !== asking.keyId",
    replace: "",
    tests: CALLS,
  },
  {
    name: "REST calls: a second worker begins beside the first",
    file: MODEL,
    find: "if (state.leaseExpiresAt <= nowMs) return null;",
    replace: "return null;",
    tests: CALLS,
  },
  {
    name: "REST calls: what nobody is at stays closed",
    file: MODEL,
    find: "if (state.leaseExpiresAt <= nowMs) return null;",
    replace: "",
    tests: CALLS,
  },
  {
    name: "REST calls: what is answered may be written over",
    file: MODEL,
    find: 'row?.state.kind === "in_flight" ? row : null',
    replace: "row",
    tests: CALLS,
  },
  {
    name: "REST calls: keys are kept for good",
    file: MODEL,
    find: "KEPT_MS = DAY_MS",
    replace: "KEPT_MS = 100 * DAY_MS",
    tests: CALLS,
  },
  {
    name: "REST calls: a write forgets its key",
    file: JOBS,
    find: "if (under !== undefined) {",
    replace: "if (under !== undefined && value === null) {",
    tests: CALLS,
  },
  {
    name: "REST calls: refused requests are free",
    file: JOBS,
    find: "if (failure === null) throw error;",
    replace: "if (failure === null || failure.kind === 'invalid_argument') throw error;",
    tests: CALLS,
  },
  {
    name: "REST calls: any text is an id",
    file: JOBS,
    find: "if (id !== text) ",
    replace: "if (id === undefined) ",
    tests: CALLS,
  },
  {
    name: "REST calls: all keys of a tenant share one count",
    file: "convex/model/rateLimits.ts",
    find: "key: keyId ?? userId,",
    replace: "key: tenant?._id ?? keyId ?? userId,",
    tests: CALLS,
  },
  {
    name: "REST calls: a key that runs wild uses up its tenant's limit",
    file: "convex/model/rateLimits.ts",
    find: "tenant !== null && waits.every(({ ok }) => ok)",
    replace: "tenant !== null",
    tests: CALLS,
  },
  {
    name: "REST calls: long answers are not kept",
    file: MODEL,
    find: "PIECES_MAX = 80",
    replace: "PIECES_MAX = 16",
    tests: KEPT,
  },
  {
    name: "REST calls: of a long answer the rest stays for ever",
    file: MODEL,
    find: "if (pieces.length === PIECES_AT_ONCE) {",
    replace: "if (pieces.length > PIECES_AT_ONCE) {",
    tests: KEPT,
  },
  {
    name: "REST calls: an answer that cannot be kept is nobody's",
    file: "convex/rest/keptAnswers.ts",
    find: 'console.error("a piece of an answer could not be kept:", error);',
    replace: "throw error;",
    tests: KEPT,
  },
  {
    name: "REST calls: a secret that cannot be kept is shown to nobody",
    file: "convex/rest/keptAnswers.ts",
    find: 'console.error("an answer could not be settled:", error);',
    replace: "throw error;",
    tests: KEPT,
  },
  {
    name: "streams of runs: begin at the beginning after a cut",
    file: "convex/rest/runStream.ts",
    find: "? Number(lastEventId) : -1",
    replace: "? Math.min(-1, Number(lastEventId)) : -1",
    tests: STREAM,
  },
  {
    name: "streams of runs: are counted but once, however long they are open",
    file: "convex/rest/runStream.ts",
    find: "if (looks % LOOKS_PER_REQUEST === 0) await count();",
    replace: "",
    tests: STREAM,
  },
  {
    name: "streams of runs: end without the messages",
    file: "convex/rest/runStream.ts",
    find: 'if (message.role !== "user") ',
    replace: "if (message === null) ",
    tests: STREAM,
  },
];
