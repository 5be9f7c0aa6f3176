/** Which images and files a model can be shown, and what they are to it. Pure. */
import { bareType } from "../core/fileTypes";
import type { ChatMessage, FilePart, ImagePart, ImageUrlPart, ProviderName } from "./provider";

export const PDF = "application/pdf";
export const IMAGES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const GEMINI_MEDIA = [
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/heic",
  "image/heif",
  "audio/wav",
  "audio/mp3",
  "audio/mpeg",
  "audio/aiff",
  "audio/aac",
  "audio/ogg",
  "audio/flac",
  "video/mp4",
  "video/mpeg",
  "video/quicktime",
  "video/webm",
  "video/3gpp",
  "video/x-msvideo",
  PDF,
];

/** By the model's name, first match first; what no rule names is shown nothing. */
const RULES: Readonly<
  Record<ProviderName, readonly { models: RegExp; contentTypes: readonly string[] }[]>
> = {
  anthropic: [{ models: /^claude-/, contentTypes: [...IMAGES, PDF] }],
  openai: [
    { models: /^(o1-mini|o1-preview|o3-mini|gpt-3|gpt-4(-\d{4}|-32k|$))/, contentTypes: [] },
    { models: /^(gpt-|o\d|chatgpt-)/, contentTypes: [...IMAGES, PDF] },
  ],
  google: [{ models: /^gemini-/, contentTypes: GEMINI_MEDIA }],
  // A server that cannot see refuses the whole call, now and in every later turn: only names that say they can.
  openai_compatible: [
    {
      models:
        /(^|[/:_-])(gpt-4o|gpt-4\.1|gpt-[5-9]|claude|gemini|gemma-?[3-9]|llama-?4|pixtral|llava)|vision|omni|[-.\d]vl\b/i,
      contentTypes: IMAGES,
    },
  ],
};

/**
 * Whether the model can be shown a file of this type, as an `ImagePart` or `FilePart`. Text is none of these: it is
 * said as text.
 *
 * @param contentType - Such as "image/png"; parameters after a semicolon do not count.
 */
export function acceptsMedia({
  provider,
  model,
  contentType,
}: {
  provider: ProviderName;
  model: string;
  contentType: string;
}): boolean {
  const type = bareType(contentType);
  const rule = RULES[provider].find(({ models }) => models.test(model));
  return rule?.contentTypes.includes(type) ?? false;
}

export type MediaPart = ImagePart | ImageUrlPart | FilePart;

export function isMedia(part: ChatMessage["content"][number]): part is MediaPart {
  return part.kind === "image" || part.kind === "image_url" || part.kind === "file";
}
