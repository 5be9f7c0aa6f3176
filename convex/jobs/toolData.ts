/**
 * What tools have of the database: their run's own session and nothing else. No call says which session that is; the
 * lease does, and a worker that lost it reads and writes nothing any more.
 */
import { v } from "convex/values";
import { ToolFailure, type ToolContext } from "../../src/tools/tool";
import { internal } from "../_generated/api";
import type { Doc } from "../_generated/dataModel";
import {
  internalMutation,
  internalQuery,
  type ActionCtx,
  type QueryCtx,
} from "../_generated/server";
import { heldRun, vLease, type Lease } from "../model/runs/state";
import * as History from "../model/sessionHistory";
import * as Notes from "../model/sessionNotes";

const vNote = v.object({ name: v.string(), text: v.string() });

export type ToolData = Pick<ToolContext, "notes" | "history">;

/** The tools' view of the run's session. */
export function toolDataFor(ctx: ActionCtx, lease: Lease): ToolData {
  const { toolData } = internal.jobs;
  return {
    notes: {
      list: async () => await held(ctx.runQuery(toolData.listNotes, lease)),
      write: async ({ name, text }) =>
        await held(ctx.runMutation(toolData.writeNote, { ...lease, note: { name, text } })),
      remove: async (name) => {
        await held(ctx.runMutation(toolData.removeNote, { ...lease, name }));
      },
    },
    history: {
      search: async (words) =>
        await held(ctx.runQuery(toolData.searchHistory, { ...lease, words })),
    },
  };
}

/** Null: the lease was lost. */
async function held<T>(answer: Promise<T | null>): Promise<T> {
  const value = await answer;
  if (value === null) throw new ToolFailure("The call was cancelled.");
  return value;
}

export const listNotes = internalQuery({
  args: vLease,
  returns: v.union(v.array(vNote), v.null()),
  handler: async (ctx, lease) => {
    const run = await runOf(ctx, lease);
    if (run === null) return null;
    return (await Notes.of(ctx, run)).map(({ name, text }) => ({ name, text }));
  },
});

/** False: there is no room for it. */
export const writeNote = internalMutation({
  args: { ...vLease, note: vNote },
  returns: v.union(v.boolean(), v.null()),
  handler: async (ctx, { note, ...lease }) => {
    const run = await runOf(ctx, lease);
    return run === null ? null : await Notes.write(ctx, run, { note, nowMs: Date.now() });
  },
});

/** True, whether it was there or not. */
export const removeNote = internalMutation({
  args: { ...vLease, name: v.string() },
  returns: v.union(v.boolean(), v.null()),
  handler: async (ctx, { name, ...lease }) => {
    const run = await runOf(ctx, lease);
    if (run === null) return null;
    await Notes.remove(ctx, run, name);
    return true;
  },
});

export const searchHistory = internalQuery({
  args: { ...vLease, words: v.string() },
  returns: v.union(v.array(History.vFound), v.null()),
  handler: async (ctx, { words, ...lease }) => {
    const run = await runOf(ctx, lease);
    return run === null ? null : await History.search(ctx, run, words);
  },
});

async function runOf(ctx: QueryCtx, lease: Lease): Promise<Doc<"runs"> | null> {
  return (await heldRun(ctx, lease))?.run ?? null;
}
