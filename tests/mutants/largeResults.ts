/** Results that are too long to be told. One mistake each. */
import type { Mutant } from "./mutants";

const TESTS = { tests: ["tests/src/tools/preview.test.ts", "tests/convex/largeResults.test.ts"] };
const RESULTS = { file: "convex/model/toolResults.ts", ...TESTS };

export const LARGE_RESULTS: readonly Mutant[] = [
  {
    name: "large results: pieces halve characters",
    file: "src/tools/preview.ts",
    ...TESTS,
    find: "limit - (isSecondHalf(whole, limit) ? 1 : 0)",
    replace: "limit",
  },
  {
    name: "large results: a piece and its words are over the size",
    file: "src/tools/preview.ts",
    ...TESTS,
    find: "at + charsMax - WORDS_CHARS_MAX",
    replace: "at + charsMax",
  },
  {
    name: "large results: a handle opens any file of the session's",
    ...RESULTS,
    find: "return file?.purpose === PURPOSE ? file.storageId : null;",
    replace: "return file?.storageId ?? null;",
  },
  {
    name: "large results: a handle opens other sessions' results",
    ...RESULTS,
    find: 'q.eq("tenantId", tenantId).eq("sessionId", sessionId).eq("name", handle)',
    replace: 'q.eq("tenantId", tenantId).gte("sessionId", sessionId)',
  },
  {
    name: "large results: no plan is asked for room",
    ...RESULTS,
    find: "stored === null || !(await Storage.hasRoom(ctx, scope, stored.size))",
    replace: "stored === null",
  },
  {
    name: "large results: what has no room stays",
    ...RESULTS,
    find: "    await Storage.deleteBytes(ctx, storageId);\n",
    replace: "",
  },
  {
    name: "large results: a branch has none of its own",
    ...RESULTS,
    find: "result === undefined || file === null",
    replace: "result === undefined || file !== undefined",
  },
  {
    name: "large results: each is told as if it were alone",
    file: "convex/model/runs/tools.ts",
    ...TESTS,
    find: "Math.max(1, toolCalls.length)",
    replace: "Math.min(1, toolCalls.length)",
  },
];
