/**
 * Files that came with messages: which of them a model is shown, which are read out to it, and which it is told the
 * names of. Pure; what is in them is looked at by `fileParts.ts`, when they are read.
 */
import { isTextual, statedType } from "../core/fileTypes";
import { utf8Bytes } from "../pricing/estimate";
import { acceptsMedia } from "../providers/media";
import { mediaTokens, shownBy, type Shown } from "../providers/mediaTokens";
import { calibrated, type CalledModel } from "./calibration";

/** A file as its message has it. */
export type AttachedFile = Readonly<{
  fileId: string;
  name: string;
  contentType: string;
  sizeBytes: number;
}>;

export const UNSEEN_REASONS = [
  "not_for_model",
  "too_large",
  "does_not_fit",
  "reply_failed",
] as const;
export type UnseenReason = (typeof UNSEEN_REASONS)[number];

export const FILE_USES = ["image", "file", "text", "name"] as const;
export type FileUse = (typeof FILE_USES)[number];

/** A file as a model gets it; `name`: it cannot see it, and is told why. */
export type SaidFile = AttachedFile &
  Readonly<{ as: FileUse; tokens: number; unseen?: UnseenReason }>;

/** Anthropic's limit is 5 MiB in base64, and the lowest. */
export const IMAGE_BYTES_MAX = 3_900_000;
/** All that a call carries: in base64 and once more as the request's text, with Convex's 64 MB for an action. */
export const CALL_BYTES_MAX = 8_000_000;
/** Of more than twenty images Anthropic demands that all are small. */
export const CALL_FILES_MAX = 20;
/** Of a text file; the rest is left out. */
export const TEXT_BYTES_MAX = 100_000;

/** Of text that nobody has counted: fewer in prose, as many in code and in scripts of three bytes a character. */
const BYTES_PER_TOKEN = 3;
/** The name, and why it cannot be seen. */
const NAMED_TOKENS = 30;

/** All that is written around a file's name, which stands there twice at most, and its text. */
const NAMED_BYTES_MAX = 500;
/** UTF-16 has characters of two bytes that are sent as three of UTF-8. */
const SENT_BYTES_PER_BYTE = 1.5;

/** How much of files there is room for. */
export type FileRoom = Readonly<{ bytes: number; count: number; tokens: number }>;

/** What the model would get of a file, if there is room for it. */
export function saidFile(file: AttachedFile, model: CalledModel): SaidFile {
  const contentType = statedType(file);
  const stated = { ...file, contentType };
  if (isTextual(contentType)) {
    const tokens = Math.ceil(Math.min(file.sizeBytes, TEXT_BYTES_MAX) / BYTES_PER_TOKEN);
    return { ...stated, as: "text", tokens: calibrated(tokens, model) };
  }
  const as = kindOf(contentType);
  if (as === null || !acceptsMedia({ ...model, contentType })) {
    return named(stated, "not_for_model");
  }
  const bytesMax = as === "image" ? IMAGE_BYTES_MAX : CALL_BYTES_MAX;
  if (file.sizeBytes > bytesMax) return named(stated, "too_large");
  const { sizeBytes } = file;
  return { ...stated, as, tokens: mediaTokens({ kind: as, sizeBytes }) };
}

/** The part that a model takes it in; null: none that we know to check. */
export function kindOf(contentType: string): "image" | "file" | null {
  if (contentType.startsWith("image/")) return "image";
  return contentType === "application/pdf" ? "file" : null;
}

/** The file by its name only. */
export function named(file: AttachedFile, unseen: UnseenReason): SaidFile {
  const { fileId, name, contentType, sizeBytes } = file;
  return { fileId, name, contentType, sizeBytes, as: "name", tokens: NAMED_TOKENS, unseen };
}

export function fileTokens(files: readonly SaidFile[]): number {
  return files.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** The most that the model reads of them in characters: their names, and what is read out. */
export function fileTextTokensMax(files: readonly SaidFile[]): number {
  return files.reduce((sum, { as, sizeBytes, name, contentType }) => {
    if (as === "image") return sum; // It has no name to the model.
    const text = as === "text" ? Math.min(sizeBytes, TEXT_BYTES_MAX) * SENT_BYTES_PER_BYTE : 0;
    const named = utf8Bytes(JSON.stringify(name)) * 2 + utf8Bytes(contentType);
    return sum + Math.ceil(text) + named + NAMED_BYTES_MAX;
  }, 0);
}

/** Those that the model is shown as they are. */
export function shownOf(files: readonly SaidFile[]): Shown {
  return shownBy(
    files.flatMap(({ as, sizeBytes }) =>
      as === "image" || as === "file" ? [{ kind: as, sizeBytes }] : [],
    ),
  );
}

/**
 * Shows as many files as there is room for, those of the newest message first; the others are named.
 *
 * @returns The messages in their order, and the room that is left.
 */
export function showNewest<Said extends { files?: readonly SaidFile[] }>(
  newestFirst: readonly Said[],
  room: FileRoom,
): { messages: Said[]; left: FileRoom } {
  let left = room;
  const messages = newestFirst.map((said) => {
    if (said.files === undefined) return said;
    const files = said.files.map((file) => {
      if (file.as === "name") return file;
      const rest = without(left, file);
      if (Math.min(rest.bytes, rest.count, rest.tokens) < 0) return named(file, "does_not_fit");
      left = rest;
      return file;
    });
    return { ...said, files };
  });
  return { messages, left };
}

function without({ bytes, count, tokens }: FileRoom, file: SaidFile): FileRoom {
  // Of a text that is too long the whole is read before it is cut.
  return { bytes: bytes - file.sizeBytes, count: count - 1, tokens: tokens - file.tokens };
}

/** What the model, and whoever looks why it has not seen it, is told of a file that it cannot see. */
export function unseenText(
  { name, contentType, sizeBytes }: AttachedFile,
  why: UnseenReason,
): string {
  const file = JSON.stringify(name);
  switch (why) {
    case "not_for_model":
      return `[You cannot see the file ${file}: this model cannot be shown ${contentType}.]`;
    case "too_large":
      return (
        `[You cannot see the file ${file}: it has ${sizeBytes} bytes, and ${contentType} of more than ` +
        `${kindOf(contentType) === "image" ? IMAGE_BYTES_MAX : CALL_BYTES_MAX} cannot be shown. ` +
        `It can be sent again, smaller.]`
      );
    case "does_not_fit":
      return `[You cannot see the file ${file} here: there is no room for it. It can be sent again, or in parts.]`;
    case "reply_failed":
      return `[You cannot see the file ${file} any more: the reply to it failed. It can be sent again.]`;
  }
}
