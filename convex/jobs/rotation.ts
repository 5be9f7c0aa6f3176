/**
 * Rotation of the sealing keys. Put a new key first in `SEALING_KEYS`, run `rotate` (or wait a day), and take the
 * old key out once it says that nothing is left. Each row is sealed with a key that is there at every moment,
 * wherever this stops; the next call goes on.
 */
import { paginationOptsValidator, type PaginationOptions } from "convex/server";
import { v, type Infer } from "convex/values";
import { internal } from "../_generated/api";
import {
  internalAction,
  internalMutation,
  internalQuery,
  type ActionCtx,
} from "../_generated/server";
import { SEALED_TABLES } from "../model/credentials";
import { sealingKeys } from "../model/deploymentSecrets";
import * as Rotation from "../model/rotation";

/** Of one call, so that it ends within an action's time; more are left to the next, which it schedules. */
const ROWS_MAX = 2_000;
const PAGE_SIZE = 50;

const vRotated = v.object({
  resealed: v.number(),
  /** Their key is not among `SEALING_KEYS`, or they were tampered with: they have to be entered again. */
  unopened: v.number(),
  /** False: rows are left that the next call sees to. */
  isDone: v.boolean(),
});
type Rotated = Infer<typeof vRotated>;

/** Seals what other keys sealed with the first one; at most `rowsMax` rows. */
export const rotate = internalAction({
  args: { rowsMax: v.optional(v.number()) },
  returns: vRotated,
  handler: async (ctx, { rowsMax = ROWS_MAX }): Promise<Rotated> => {
    const rotated = { resealed: 0, unopened: 0, isDone: true };
    for (const table of SEALED_TABLES) {
      for (const side of Rotation.SIDES) {
        await rotatePart(ctx, { table, side }, { rotated, rowsMax });
      }
    }
    // Rows that do not open would be met again at once, and for ever.
    const goesOn = !rotated.isDone && rotated.resealed === ROWS_MAX;
    if (goesOn) await ctx.scheduler.runAfter(0, internal.jobs.rotation.rotate, {});
    return rotated;
  },
});

async function rotatePart(
  ctx: ActionCtx,
  part: Rotation.Part,
  { rotated, rowsMax }: { rotated: Rotated; rowsMax: number },
): Promise<void> {
  const keys = sealingKeys();
  for (let cursor: string | null = null, isLast = false; !isLast;) {
    const room = rowsMax - rotated.resealed;
    const paginationOpts: PaginationOptions = { cursor, numItems: Math.min(PAGE_SIZE, room + 1) };
    const found: Rotation.Page = await ctx.runQuery(internal.jobs.rotation.page, {
      ...part,
      keyId: keys[0].id,
      paginationOpts,
    });
    const anew = await Rotation.reseal(keys, found.page);
    rotated.unopened += found.page.length - anew.length;
    const { table } = part;
    const rows = anew.slice(0, room);
    rotated.resealed += await ctx.runMutation(internal.jobs.rotation.replace, { table, rows });
    if (anew.length > room) {
      rotated.isDone = false;
      return;
    }
    ({ continueCursor: cursor, isDone: isLast } = found);
  }
}

/** Rows that other keys than this one sealed. */
export const page = internalQuery({
  args: { ...Rotation.vPart, keyId: v.string(), paginationOpts: paginationOptsValidator },
  returns: Rotation.vPage,
  handler: async (ctx, { keyId, paginationOpts, ...part }): Promise<Rotation.Page> =>
    await Rotation.page(ctx, part, { keyId, paginationOpts }),
});

/** Stores what was sealed anew, but for rows that have changed meanwhile; says how many it stored. */
export const replace = internalMutation({
  args: { table: Rotation.vPart.table, rows: v.array(Rotation.vResealed) },
  returns: v.number(),
  handler: async (ctx, { table, rows }): Promise<number> =>
    await Rotation.replace(ctx, table, rows),
});
