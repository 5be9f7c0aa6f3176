/** The ledger to take along: a stream of lines, read page by page as fast as it is taken, never held as a whole. */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import { omitUndefined } from "../lib/objects";
import { pagesOf } from "../lib/pages";
import type { CostExportPage, Extent, Format } from "../model/costs/exports";
import { admit, rateHeaders } from "./guard";
import type { OwnRequest } from "./native/route";

const TYPES: Readonly<Record<Format, string>> = {
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson",
};

export const EXPORT_QUERY = {
  period: v.optional(v.string()),
  from: v.optional(v.string()),
  to: v.optional(v.string()),
  format: v.optional(v.union(v.literal("csv"), v.literal("ndjson"))),
};

/**
 * `?period=2026-11` (or `from` and `to`, months or days), `&format=csv` (or `ndjson`): the rows of the ledger that
 * count for it, as they are at this moment. They add up to what the summary tells of the period. Whatever was booked before
 * the call is in it, nothing that is booked after it. A stream that breaks off is no export: ask again.
 * Needs `costs:read`.
 */
export async function exportCosts({ ctx, asked, query }: OwnRequest): Promise<Response> {
  const { format = "csv", ...periods } = query as { format?: Format } & Record<string, string>;
  const { tenant, apiKey } = asked;
  const caller = omitUndefined({ tenant, apiKey });
  const rate = await admit(ctx, asked);
  const extent = await ctx.runQuery(internal.jobs.costExports.begin, { caller, ...periods });
  const name = Object.values(periods)
    .join("_")
    .replaceAll(/[^\w-]/g, "-");
  return new Response(bodyOf(textsOf(ctx, { caller, extent, format })), {
    headers: {
      ...rateHeaders(rate),
      "Content-Type": TYPES[format],
      "Content-Disposition": `attachment; filename="costs-${name}.${format}"`,
    },
  });
}

type Export = { caller: { tenant?: string; apiKey?: string }; extent: Extent; format: Format };

async function* textsOf(
  ctx: ActionCtx,
  { caller, extent, format }: Export,
): AsyncGenerator<string> {
  const { costExports } = internal.jobs;
  let summarised = 0;
  const read = async (cursor: string | null): Promise<CostExportPage> =>
    await ctx.runQuery(costExports.page, { caller, extent, format, cursor });
  for await (const page of pagesOf(read)) {
    summarised += page.summarised;
    if (page.text !== "") yield page.text;
  }
  type Count = { count: number; cursor: string; isDone: boolean };
  const recount = async (cursor: string | null): Promise<Count> =>
    await ctx.runQuery(costExports.summarised, { caller, extent, cursor });
  for await (const { count } of pagesOf(recount)) summarised -= count;
  if (summarised !== 0) {
    throw new Error("Retention has drawn together events of these days meanwhile: ask again.");
  }
}

/** A body that takes the next text once the one before it is taken. What fails breaks it off. */
function bodyOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  void writeTo(writable.getWriter(), texts);
  return readable;
}

async function writeTo(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  texts: AsyncGenerator<string>,
): Promise<void> {
  const encoder = new TextEncoder();
  try {
    for await (const text of texts) await writer.write(encoder.encode(text));
    await writer.close();
  } catch (error) {
    // Whoever reads is told; who has left is not there to be told anything.
    await writer.abort(error).catch(() => {});
  }
}
