/** What a caller gave a run, read by a worker that has only the run. */
import type { Given } from "../../src/completions/given";
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import type { Lease } from "../model/runs/state";
import type { StoredGiven } from "../validators";

/** @throws Error - The lease was lost, or the file is gone. */
export async function readGiven(ctx: ActionCtx, lease: Lease): Promise<Given> {
  const stored: StoredGiven | null = await ctx.runQuery(internal.jobs.completions.given, lease);
  if (stored === null) throw new Error(`nothing is given for run ${lease.runId} any more`);
  return JSON.parse(await textOfGiven(ctx, stored)) as Given;
}

export async function textOfGiven(ctx: ActionCtx, stored: StoredGiven): Promise<string> {
  if (stored.kind === "here") return stored.json;
  const blob = await ctx.storage.get(stored.storageId);
  if (blob === null) throw new Error("the file of what was given is gone");
  return await blob.text();
}
