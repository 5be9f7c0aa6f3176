/** All of one session, page by page, as lines of JSON: what its readers see of it, in the order in which it was said. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import type { ExportPage } from "../views/administration";
import type { TenantScope } from "./access";
import { lineOf, PAGE_BYTES, PAGE_ROWS } from "./exports";
import * as Messages from "./messages";
import * as Runs from "./runs/read";
import * as Notes from "./sessionNotes";
import * as Sessions from "./sessions";

/** Each comes with its steps. */
const RUNS_PER_PAGE = 10;

/** One after the other. */
const PARTS = ["sessions", "messages", "session_notes", "runs", "files"] as const;
type Part = (typeof PARTS)[number];

type Lines = { lines: string[]; isDone: boolean; cursor: string | null };

/**
 * A page of the session's export, which begins with the session itself; `next` leads through the rest.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 * @throws invalid_argument - There is no such table in it.
 */
export async function page(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    sessionId,
    table = PARTS[0],
    cursor,
  }: { sessionId: Id<"sessions">; table?: string | undefined; cursor: string | null },
): Promise<ExportPage> {
  const session = await Sessions.getOrFail(ctx, scope, sessionId);
  const at = PARTS.findIndex((part) => part === table);
  const part = PARTS[at];
  if (part === undefined) {
    return fail({ kind: "invalid_argument", field: "table", reason: "is none that is exported" });
  }
  const read = await linesOf(ctx, session, { part, cursor });
  const following = PARTS[at + 1];
  const ndjson = read.lines.join("");
  if (!read.isDone) return { ndjson, next: { table, cursor: read.cursor } };
  return { ndjson, next: following === undefined ? null : { table: following, cursor: null } };
}

async function linesOf(
  ctx: QueryCtx,
  session: Doc<"sessions">,
  { part, cursor }: { part: Part; cursor: string | null },
): Promise<Lines> {
  const opts = { cursor, numItems: PAGE_ROWS, maximumBytesRead: PAGE_BYTES };
  switch (part) {
    case "sessions":
      return { lines: [lineOf(part, Sessions.toView(session))], isDone: true, cursor: null };
    case "messages":
      return await messageLines(ctx, session, opts);
    case "session_notes":
      return { lines: await noteLines(ctx, session), isDone: true, cursor: null };
    case "runs":
      return await runLines(ctx, session, { ...opts, numItems: RUNS_PER_PAGE });
    case "files":
      return await fileLines(ctx, session, opts);
  }
}

async function noteLines(
  ctx: QueryCtx,
  { tenantId, _id: sessionId }: Doc<"sessions">,
): Promise<string[]> {
  const notes = await Notes.of(ctx, { tenantId, sessionId });
  return notes.map((note) => lineOf("session_notes", Notes.toView(note)));
}

async function messageLines(
  ctx: QueryCtx,
  { tenantId, _id: sessionId }: Doc<"sessions">,
  opts: PaginationOptions,
): Promise<Lines> {
  const read = await ctx.db
    .query("messages")
    .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId))
    .paginate(opts);
  const lines = read.page.map((message) => lineOf("messages", Messages.toView(message)));
  return { lines, isDone: read.isDone, cursor: read.continueCursor };
}

async function runLines(
  ctx: QueryCtx,
  { tenantId, _id: sessionId }: Doc<"sessions">,
  opts: PaginationOptions,
): Promise<Lines> {
  const read = await ctx.db
    .query("runs")
    .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId))
    .paginate(opts);
  return await linesIn(read, async (run) => {
    const steps = await Runs.stepsOf(ctx, run);
    return [lineOf("runs", Runs.toView(run)), ...steps.map((step) => lineOf("run_steps", step))];
  });
}

async function fileLines(
  ctx: QueryCtx,
  { tenantId, _id: sessionId }: Doc<"sessions">,
  opts: PaginationOptions,
): Promise<Lines> {
  const read = await ctx.db
    .query("files")
    .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId))
    .paginate(opts);
  return await linesIn(read, async ({ _creationTime, storageId, ...file }) => [
    lineOf("files", { ...file, _url: await ctx.storage.getUrl(storageId) }),
  ]);
}

async function linesIn<Row>(
  { page, isDone, continueCursor: cursor }: PaginationResult<Row>,
  toLines: (row: Row) => Promise<string[]>,
): Promise<Lines> {
  const lines = await Promise.all(page.map(toLines));
  return { lines: lines.flat(), isDone, cursor };
}
