/** Attachments: files that come with messages. They belong to the message's session and end with it. */
import { v, type Infer } from "convex/values";
import { TYPE_UNKNOWN } from "../../src/core/fileTypes";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { checkedText } from "../lib/checks";
import { fail } from "../lib/errors";
import type { Attachment } from "../validators";
import { requireOwned, type CallerScope, type TenantScope } from "./access";
import * as Storage from "./storage";

/** Each is read, claimed and counted in the transaction that sends the message. */
export const ATTACHMENTS_PER_MESSAGE_MAX = 10;
/** In base64, as models are given files, a third more: Anthropic takes requests of 32 MB. */
export const ATTACHMENT_BYTES_MAX = 16_000_000;
const NAME_LENGTH_MAX = 200;

/** Bytes that were uploaded, with the name that people shall see. */
export const vNewAttachment = v.object({ storageId: v.id("_storage"), name: v.string() });
export type NewAttachment = Infer<typeof vNewAttachment>;

/** @throws invalid_argument - They are too many, or a name is blank or too long. */
export function checked(uploads: readonly NewAttachment[]): NewAttachment[] {
  if (uploads.length > ATTACHMENTS_PER_MESSAGE_MAX) {
    const reason = `has ${uploads.length} entries; at most ${ATTACHMENTS_PER_MESSAGE_MAX} are allowed`;
    fail({ kind: "invalid_argument", field: "attachments", reason });
  }
  return uploads.map(({ storageId, name }) => ({
    storageId,
    name: checkedText("attachments", name, NAME_LENGTH_MAX),
  }));
}

/**
 * Makes uploads the session's, all or none.
 *
 * @returns What the message says of them; undefined when there are none.
 * @throws not_found - An upload does not exist, or is somebody's already.
 * @throws invalid_argument - One is too large.
 * @throws limit_reached - The tenant's plan has no room for them.
 */
export async function claim(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    uploads,
    sessionId,
    nowMs,
  }: { uploads: readonly NewAttachment[]; sessionId: Id<"sessions">; nowMs: number },
): Promise<Attachment[] | undefined> {
  if (uploads.length === 0) return undefined;
  const attachments: Attachment[] = [];
  // One after the other: all of them change the tenant's total.
  for (const upload of uploads) {
    const by = { createdBy: scope.actor.userId, createdAt: nowMs };
    const file = { ...upload, purpose: "attachment" as const, sessionId, ...by };
    const fileId = await Storage.claim(ctx, scope, file);
    attachments.push(toAttachment(checkedSize(await getOrFail(ctx, scope, fileId))));
  }
  return attachments;
}

/** The message's attachments for another session, which has the files as well from then on. */
export async function share(
  ctx: MutationCtx,
  { attachments }: Doc<"messages">,
  sessionId: Id<"sessions">,
): Promise<Attachment[] | undefined> {
  if (attachments === undefined) return undefined;
  const shared: Attachment[] = [];
  for (const attachment of attachments) {
    const file = await ctx.db.get("files", attachment.fileId);
    if (file === null) continue; // its bytes are gone: there is nothing to share
    shared.push({ ...attachment, fileId: await Storage.share(ctx, file, { sessionId }) });
  }
  return shared;
}

/** Whether the message's attachments were made of these uploads. */
export async function areOf(
  ctx: QueryCtx,
  uploads: readonly NewAttachment[],
  attachments: readonly Attachment[] = [],
): Promise<boolean> {
  if (uploads.length !== attachments.length) return false;
  for (const [index, { fileId, name }] of attachments.entries()) {
    const file = await ctx.db.get("files", fileId);
    const upload = uploads[index];
    if (upload?.storageId !== file?.storageId || upload?.name !== name) return false;
  }
  return true;
}

/**
 * Where the bytes of an attachment or of a tool's result can be had. The address works for whoever has it, as long as
 * the file is there.
 *
 * @throws not_found - It does not exist, is another tenant's, or is neither.
 */
export async function urlOf(
  ctx: QueryCtx,
  scope: TenantScope,
  fileId: Id<"files">,
): Promise<string> {
  const { storageId } = await getOrFail(ctx, scope, fileId);
  const url = await ctx.storage.getUrl(storageId);
  return url ?? fail({ kind: "not_found", entity: "file", id: fileId });
}

/** What stands in a message's text for its attachments; what is in them is shown beside it. */
export function mentionOf(attachments: readonly Attachment[]): string {
  if (attachments.length === 0) return "";
  const names = attachments.map(({ name }) => name).join(", ");
  return `\n\n[Attached files: ${names}]`;
}

/** Where the bytes of the session's attachments are stored; null: the attachment is not there, or not the session's. */
export async function locate(
  ctx: QueryCtx,
  { tenantId, sessionId }: Pick<Doc<"runs">, "tenantId" | "sessionId">,
  fileIds: readonly string[],
): Promise<(Id<"_storage"> | null)[]> {
  const found = async (fileId: string) => {
    const id = ctx.db.normalizeId("files", fileId);
    return id === null ? null : await ctx.db.get("files", id);
  };
  const files = await Promise.all(fileIds.map(found));
  return files.map((file) => {
    const isOwn = file?.tenantId === tenantId && file.sessionId === sessionId;
    return isOwn && file.purpose === "attachment" ? file.storageId : null;
  });
}

async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  fileId: Id<"files">,
): Promise<Doc<"files">> {
  const file = await ctx.db.get("files", fileId);
  // Exports and binaries of skills are files too, and not for every reader of sessions.
  const isOfSession = file?.purpose === "attachment" || file?.purpose === "tool_result";
  return requireOwned(scope, isOfSession ? file : null, { entity: "file", id: fileId });
}

function checkedSize(file: Doc<"files">): Doc<"files"> {
  const { name, sizeBytes } = file;
  if (sizeBytes > ATTACHMENT_BYTES_MAX) {
    const reason = `${name} has ${sizeBytes} bytes; at most ${ATTACHMENT_BYTES_MAX} are allowed`;
    fail({ kind: "invalid_argument", field: "attachments", reason });
  }
  return file;
}

function toAttachment({ _id: fileId, name, sizeBytes, contentType }: Doc<"files">): Attachment {
  return { fileId, name, sizeBytes, contentType: contentType ?? TYPE_UNKNOWN };
}
