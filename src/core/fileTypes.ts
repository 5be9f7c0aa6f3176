/** What kind of file something is: by what is said of it, and by its bytes. */

/** RFC 9110, 8.3: what has no type may be anything. */
export const TYPE_UNKNOWN = "application/octet-stream";

const TEXTUAL =
  /^text\/|^application\/(.+\+)?(json|xml|yaml|x-yaml|toml|javascript|typescript|sql|x-sh|x-ndjson|jsonl?)$|^image\/svg\+xml$/;

/** Browsers know no type for most of these. */
const TEXT_ENDINGS =
  /\.(txt|md|markdown|rst|csv|tsv|json|jsonl|ndjson|ya?ml|toml|ini|cfg|conf|env|log|xml|svg|html?|css|scss|sql|sh|bash|zsh|ps1|bat|py|rb|js|mjs|cjs|jsx|tsx?|mts|java|kt|swift|go|rs|c|h|cc|cpp|hpp|cs|php|pl|lua|r|jl|scala|clj|ex|exs|erl|hs|vue|svelte|tf|proto|graphql|diff|patch|tex|srt|vtt)$/;

const TYPES_BY_ENDING: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  heic: "image/heic",
  heif: "image/heif",
  pdf: "application/pdf",
};

/** Without parameters and in lower case. */
export function bareType(contentType: string): string {
  return contentType.split(";")[0]?.trim().toLowerCase() ?? "";
}

/** Whether what has this type is written in characters. */
export function isTextual(contentType: string): boolean {
  return TEXTUAL.test(bareType(contentType));
}

/** What a file is said to be, or what its name makes of it where nothing is said. Its bytes may be something else. */
export function statedType({ name, contentType }: { name: string; contentType: string }): string {
  const type = bareType(contentType);
  if (type !== "" && type !== TYPE_UNKNOWN) return type;
  const lowerName = name.toLowerCase();
  if (TEXT_ENDINGS.test(lowerName)) return "text/plain";
  return TYPES_BY_ENDING[lowerName.split(".").at(-1) ?? ""] ?? TYPE_UNKNOWN;
}

/** What marks the beginning of a file of each type: bytes as Latin-1, "." for any. */
const SIGNATURES: readonly (readonly [type: string, beginning: string])[] = [
  ["image/png", "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", "\xff\xd8\xff"],
  ["image/gif", "GIF87a"],
  ["image/gif", "GIF89a"],
  ["image/webp", "RIFF....WEBP"],
  ["image/heic", "....ftyphei"],
  ["image/heic", "....ftyphev"],
  ["image/heif", "....ftypmif1"],
  ["image/heif", "....ftypmsf1"],
  ["application/pdf", "%PDF-"],
];

/** The image or PDF that the bytes begin; null: neither. */
export function typeOfBytes(bytes: Uint8Array): string | null {
  const begins = (beginning: string) =>
    Array.from(beginning).every((char, at) => char === "." || char.charCodeAt(0) === bytes[at]);
  return SIGNATURES.find(([, beginning]) => begins(beginning))?.[0] ?? null;
}
