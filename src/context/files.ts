/**
 * Files that came with messages: which of them a model is shown, which are read out to it, and which it is told the
 * names of. Pure; what is in them is looked at by `fileParts.ts`, when they are read.
 */
import { isTextual, statedType } from "../core/fileTypes";
import { acceptsMedia, mediaTokens } from "../providers/media";
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

/** All that is written around a file's name and text. */
const NAMED_BYTES_MAX = 500;
/** What is reckoned for a picture or a PDF may be half of what it comes to. */
export const FILE_TOKENS_OFF_BY = 2;

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
  return { ...stated, as, tokens: mediaTokens(as, file.sizeBytes) };
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

/** The same, where more than these must not be possible. */
export function fileTokensMax(files: readonly SaidFile[]): number {
  return files.reduce((sum, { as, tokens, sizeBytes, name, contentType }) => {
    if (as === "text") return sum + Math.min(sizeBytes, TEXT_BYTES_MAX) + NAMED_BYTES_MAX;
    if (as === "name") return sum + name.length * 4 + contentType.length + NAMED_BYTES_MAX;
    return sum + tokens * FILE_TOKENS_OFF_BY;
  }, 0);
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
