/**
 * The files that a call shows: read from the storage when the call is made, and held no longer than it takes to send
 * them. Which those are has been decided with the prompt; that they are the session's is looked at here once more.
 */
import { v } from "convex/values";
import { contentOf, toldInstead, type FileContent } from "../../src/context/fileParts";
import { unseenText, type SaidFile } from "../../src/context/files";
import { SECOND_MS } from "../../src/core/limits";
import { acceptsMedia } from "../../src/providers/media";
import type { ProviderEvent, ProviderName } from "../../src/providers/provider";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { internalQuery, type ActionCtx } from "../_generated/server";
import type { Gate } from "../lib/gate";
import { persistently } from "../lib/persistently";
import * as Attachments from "../model/attachments";
import type { CallContext } from "../model/runs/context";
import { heldRun, vLease, type Lease } from "../model/runs/state";

/** What is in each file that the call shows, by its id. */
export type CallFiles = ReadonlyMap<string, FileContent>;

export const NO_FILES: CallFiles = new Map();

/** A provider that is silent for longer does not keep other runs' files waiting. */
const HELD_MS_MAX = 30 * SECOND_MS;

type Reading = { lease: Lease; context: CallContext; gate: Gate; signal: AbortSignal };

/** Where the bytes are. Null: the lease was lost. */
export const locate = internalQuery({
  args: { ...vLease, fileIds: v.array(v.string()) },
  returns: v.union(v.array(v.union(v.id("_storage"), v.null())), v.null()),
  handler: async (ctx, { fileIds, ...lease }): Promise<(Id<"_storage"> | null)[] | null> => {
    const held = await heldRun(ctx, lease);
    return held === null ? null : await Attachments.locate(ctx, held.run, fileIds);
  },
});

/** The call's stream, with what is in its files. */
export async function* streamWithFiles(
  ctx: ActionCtx,
  reading: Reading,
  stream: (files: CallFiles) => AsyncIterable<ProviderEvent>,
): AsyncIterable<ProviderEvent> {
  const { files, close } = await openFiles(ctx, reading);
  try {
    for await (const event of stream(files)) {
      close(); // It was sent, and taken up.
      yield event;
    }
  } finally {
    close();
  }
}

/**
 * Reads the context's files.
 *
 * @returns `close` says that they have been sent: as many bytes of others may be read then.
 */
export async function openFiles(
  ctx: ActionCtx,
  { lease, context, gate, signal }: Reading,
): Promise<{ files: CallFiles; close: () => void }> {
  const wanted = context.messages.flatMap(({ files = [] }) =>
    files.filter(({ as }) => as !== "name"),
  );
  if (wanted.length === 0) return { files: NO_FILES, close: () => {} };
  const sizeBytes = wanted.reduce((sum, file) => sum + file.sizeBytes, 0);
  const leave = await gate.enter(sizeBytes, signal);
  const timer = setTimeout(leave, HELD_MS_MAX);
  const close = () => {
    clearTimeout(timer);
    leave();
  };
  const fileIds = wanted.map(({ fileId }) => fileId);
  const { callFiles } = internal.jobs;
  const places = await persistently(() => ctx.runQuery(callFiles.locate, { ...lease, fileIds }));
  const files = new Map<string, FileContent>();
  // One after the other: each may be megabytes on its way.
  for (const [index, file] of wanted.entries()) {
    files.set(file.fileId, await read(ctx, file, places?.[index] ?? null));
  }
  return { files, close };
}

async function read(
  ctx: ActionCtx,
  file: SaidFile,
  storageId: Id<"_storage"> | null,
): Promise<FileContent> {
  try {
    const blob = storageId === null ? null : await ctx.storage.get(storageId);
    return contentOf(file, blob && new Uint8Array(await blob.arrayBuffer()));
  } catch (error) {
    console.error(`file ${file.fileId} could not be read:`, error);
    const name = JSON.stringify(file.name);
    return toldInstead(`[You cannot see the file ${name}: it could not be read just now.]`);
  }
}

/** What the model that is called is given of a file. */
export function given(
  file: SaidFile,
  files: CallFiles,
  model: { provider: ProviderName; model: string },
): FileContent {
  const content = files.get(file.fileId) ?? contentOf(file, null);
  const { part } = content;
  if (part.kind === "text" || acceptsMedia({ ...model, contentType: part.contentType })) {
    return content;
  }
  return toldInstead(unseenText({ ...file, contentType: part.contentType }, "not_for_model"));
}

/** What the model could not see of the files that came with the message it answers, in words for people. */
export function unseenIn(context: CallContext, files: CallFiles): string[] {
  const asked = context.messages.findLast(({ role }) => role === "user");
  const contents = (asked?.files ?? []).map((file) => given(file, files, context));
  return contents.flatMap(({ part, isSeen }) =>
    isSeen || part.kind !== "text" ? [] : [part.text.slice(1, -1)],
  );
}
