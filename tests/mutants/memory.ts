/** What agents remember, and of which session. One mistake each. */
import type { Mutant } from "./mutants";

const TESTS = { tests: ["tests/convex/memory.test.ts"] };
const NOTES = { file: "convex/model/sessionNotes.ts", ...TESTS };

export const MEMORY: readonly Mutant[] = [
  {
    name: "memory: notes of a session are the tenant's",
    ...NOTES,
    find: 'q.eq("tenantId", tenantId).eq("sessionId", sessionId)',
    replace: 'q.eq("tenantId", tenantId)',
  },
  {
    name: "memory: a note is written again",
    ...NOTES,
    find: "} else if (before.text !== text) {",
    replace: "} else {",
  },
  {
    name: "memory: notes are not counted",
    ...NOTES,
    find: "if (notes.length === NOTES_PER_SESSION_MAX) return false;",
    replace: "",
  },
  {
    name: "memory: a branch has notes of its future",
    ...NOTES,
    find: "if (note.turn <= turn)",
    replace: "if (note.turn > 0)",
  },
  {
    name: "memory: whoever lost the run goes on writing",
    file: "convex/jobs/toolData.ts",
    ...TESTS,
    find: "return (await heldRun(ctx, lease))?.run ?? null;",
    replace: 'return await ctx.db.get("runs", lease.runId);',
  },
  {
    name: "memory: notes are written all at once",
    file: "convex/jobs/toolCalls.ts",
    tests: ["tests/convex/toolCalls.test.ts"],
    find: 'tool.toolClass !== "idempotent"',
    replace: 'tool.toolClass !== "effect"',
  },
  {
    name: "memory: a deleted session leaves its notes",
    file: "convex/model/sessionRemoval.ts",
    ...TESTS,
    find: '  yield* ctx.db\n    .query("session_notes")',
    replace: '  void ctx.db\n    .query("session_notes")',
  },
  {
    name: "memory: the search goes through all sessions",
    file: "convex/model/sessionHistory.ts",
    ...TESTS,
    find: '.eq("sessionId", sessionId)',
    replace: "",
  },
  {
    name: "memory: the search finds what the model reads anyway",
    file: "convex/model/sessionHistory.ts",
    ...TESTS,
    find: ".filter((message) => message.turn < turn)",
    replace: "",
  },
];
