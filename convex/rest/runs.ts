/** Runs as server-sent events. */
import type { Id } from "../_generated/dataModel";
import { asDoorArgs } from "./caller";
import { admit, callQuery, rateHeaders } from "./guard";
import type { OwnRequest } from "./native/route";
import { streamRun } from "./runStream";

/** The run from the piece after `Last-Event-ID` on. */
export async function streamRunOf({ ctx, request, asked, params }: OwnRequest): Promise<Response> {
  const text = params["runId"] ?? "";
  const of = asDoorArgs(asked);
  const { rate } = await callQuery(ctx, asked, {
    door: "queries/runs:get",
    args: { ...of, runId: text },
    ids: [{ table: "runs", text }],
  });
  return await streamRun(ctx, {
    runId: text as Id<"runs">,
    reader: of,
    lastEventId: request.headers.get("Last-Event-ID"),
    signal: request.signal,
    headers: rateHeaders(rate),
    count: async () => {
      await admit(ctx, asked);
    },
  });
}
