/**
 * What tools have of the database: their run's own session and nothing else. No call says which session that is; the
 * lease does, and a worker that lost it reads and writes nothing any more.
 */
import { v } from "convex/values";
import { pieceOf } from "../../src/tools/preview";
import { ToolFailure, type KeptResults, type ToolContext } from "../../src/tools/tool";
import { internal } from "../_generated/api";
import type { Doc } from "../_generated/dataModel";
import {
  internalMutation,
  internalQuery,
  type ActionCtx,
  type QueryCtx,
} from "../_generated/server";
import { persistently } from "../lib/persistently";
import { heldRun, vLease, type Lease } from "../model/runs/state";
import * as History from "../model/sessionHistory";
import * as Notes from "../model/sessionNotes";
import * as ToolResults from "../model/toolResults";

/** Of random ones: more than enough for the results of one session. */
const HANDLE_CHARS = 8;

const vNote = v.object({ name: v.string(), text: v.string() });

export type ToolData = Pick<ToolContext, "notes" | "history"> & {
  /** Stores the whole of a result. It becomes the session's when the call is reported; unreported, it goes in a day. */
  keep(text: string): Promise<ToolResults.WholeResult>;
  /** What was kept, in pieces of that size. */
  resultsBy(charsMax: number): KeptResults;
};

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
    keep: async (text) => ({
      // What was stored in vain goes with the uploads that nobody claims.
      storageId: await persistently(() =>
        ctx.storage.store(new Blob([text], { type: "text/plain; charset=utf-8" })),
      ),
      handle: crypto.randomUUID().slice(0, HANDLE_CHARS),
    }),
    resultsBy: (charsMax) => ({
      async read(handle, offset) {
        const { storageId } = await held(ctx.runQuery(toolData.findResult, { ...lease, handle }));
        const blob = storageId === null ? null : await ctx.storage.get(storageId);
        return blob && pieceOf(await blob.text(), { start: offset, charsMax });
      },
    }),
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

export const findResult = internalQuery({
  args: { ...vLease, handle: v.string() },
  returns: v.union(v.object({ storageId: v.union(v.id("_storage"), v.null()) }), v.null()),
  handler: async (ctx, { handle, ...lease }) => {
    const run = await runOf(ctx, lease);
    return run === null ? null : { storageId: await ToolResults.find(ctx, run, handle) };
  },
});

async function runOf(ctx: QueryCtx, lease: Lease): Promise<Doc<"runs"> | null> {
  return (await heldRun(ctx, lease))?.run ?? null;
}
