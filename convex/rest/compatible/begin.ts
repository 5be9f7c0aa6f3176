/** The beginning of a call: it is counted, what was given is stored, and its run begun. */
import type { Asked } from "../../../src/completions/dialect";
import { lastSaid, sizesOf } from "../../../src/completions/given";
import { internal } from "../../_generated/api";
import type { Id } from "../../_generated/dataModel";
import type { ActionCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { despiteRaces, persistently } from "../../lib/persistently";
import type { Begun } from "../../jobs/completions";
import type { BegunCall, NewCall } from "../../model/completions/begin";
import type { StoredGiven } from "../../validators";
import { callerOf } from "../caller";
import { admit, Refusal, type Asked as Asks } from "../guard";
import type { About } from "./answers";

/** A row may have 1 MiB, and a character up to three bytes; JSON in a row is mostly of one. */
const JSON_BYTES_MAX = 900_000;

/** Who asks for any call. What its model needs beyond is looked at as it begins. */
export const NEEDS = { permission: "messages:send", routeClass: "model" } as const;

/** What only some APIs say of a call, and how it is driven. */
export type More = Pick<NewCall, "isKept"> &
  Partial<Pick<NewCall, "previousRunId" | "echo" | "leaseToken">>;

type Beginning = {
  request: Request;
  about: About;
  asks: Asks;
  isCounted: boolean;
  keyRowId?: Id<"idempotency_keys">;
};

/**
 * Begins it; what is long is stored as a file, once it is known who asks, and goes again if it is refused.
 *
 * @throws Refusal - As `internal.jobs.completions.begin` refuses.
 */
export async function begin<Options>(
  ctx: ActionCtx,
  at: Beginning,
  { asked, more }: { asked: Asked<Options>; more: More },
): Promise<BegunCall> {
  const json = JSON.stringify(asked.given);
  const callWith = (given: StoredGiven): NewCall => ({ ...toCall(asked), ...more, given });
  if (fitsRow(json)) return await beginCall(ctx, at, callWith({ kind: "here", json }));
  if (!at.isCounted) at.about.rate = await admit(ctx, at.asks);
  const storageId: Id<"_storage"> = await ctx.storage.store(new Blob([json]));
  try {
    const call = callWith({ kind: "file", storageId });
    return await beginCall(ctx, { ...at, isCounted: true }, call);
  } catch (error) {
    const { discard } = internal.jobs.completions;
    await persistently(() => ctx.runMutation(discard, { storageId }));
    throw error;
  }
}

async function beginCall(
  ctx: ActionCtx,
  { request, about, isCounted, keyRowId }: Beginning,
  call: NewCall,
): Promise<BegunCall> {
  const caller = callerOf(request);
  const args = { caller, call, isCounted, ...omitUndefined({ keyRowId }) };
  const begun: Begun = await despiteRaces(() =>
    ctx.runMutation(internal.jobs.completions.begin, args),
  );
  about.rate ??= begun.rate;
  if (begun.kind === "refused") throw new Refusal(begun.failure, begun.rate);
  return begun.call;
}

function toCall<Options>({ model, given, settings, features }: Asked<Options>) {
  return {
    model,
    content: lastSaid(given),
    sizes: sizesOf(given),
    toolNames: given.tools.map(({ name }) => name),
    settings,
    features: [...features],
    asksForJson: given.settings.output !== undefined,
  };
}

function fitsRow(json: string): boolean {
  if (json.length * 3 <= JSON_BYTES_MAX) return true;
  // Fewer characters than bytes.
  return json.length <= JSON_BYTES_MAX && new TextEncoder().encode(json).length <= JSON_BYTES_MAX;
}
