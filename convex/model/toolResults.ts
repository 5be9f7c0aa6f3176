/** Results of tools that are too long to be told whole: files of the session, which end with it. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import type { ToolCall } from "../validators";
import type { TenantScope } from "./access";
import * as Storage from "./storage";

const PURPOSE = "tool_result";

/** The whole of a result as a worker has stored it; a model knows it by its handle. */
export type WholeResult = { storageId: Id<"_storage">; handle: string };

/** @returns What stands with the tool's call; undefined when there is nothing more, or no room for it in the plan. */
export async function claim(
  ctx: MutationCtx,
  scope: TenantScope,
  {
    sessionId,
    whole,
    nowMs,
  }: { sessionId: Id<"sessions">; whole: WholeResult | undefined; nowMs: number },
): Promise<{ fileId: Id<"files">; sizeBytes: number } | undefined> {
  if (whole === undefined) return undefined;
  const { storageId, handle } = whole;
  const stored = await ctx.db.system.get("_storage", storageId);
  if (stored === null || !(await Storage.hasRoom(ctx, scope, stored.size))) {
    await Storage.deleteBytes(ctx, storageId);
    return undefined;
  }
  const file = { storageId, purpose: PURPOSE, name: handle, sessionId, createdAt: nowMs } as const;
  return { fileId: await Storage.claim(ctx, scope, file), sizeBytes: stored.size };
}

/** Where the session's result of that handle is stored. */
export async function find(
  ctx: QueryCtx,
  { tenantId, sessionId }: Pick<Doc<"runs">, "tenantId" | "sessionId">,
  handle: string,
): Promise<Id<"_storage"> | null> {
  const file = await ctx.db
    .query("files")
    .withIndex("by_session", (q) =>
      q.eq("tenantId", tenantId).eq("sessionId", sessionId).eq("name", handle),
    )
    .first();
  return file?.purpose === PURPOSE ? file.storageId : null;
}

/** A message's calls for another session, which has the whole results as well from then on. */
export async function share(
  ctx: MutationCtx,
  toolCalls: readonly ToolCall[],
  sessionId: Id<"sessions">,
): Promise<ToolCall[]> {
  const shared: ToolCall[] = [];
  for (const call of toolCalls) {
    const { result } = call;
    const file = result?.file === undefined ? null : await ctx.db.get("files", result.file.fileId);
    if (result === undefined || file === null) {
      shared.push(call); // whole as it is, or its bytes are gone: there is nothing to share
      continue;
    }
    const fileId = await Storage.share(ctx, file, { sessionId });
    shared.push({ ...call, result: { ...result, file: { fileId, sizeBytes: file.sizeBytes } } });
  }
  return shared;
}
