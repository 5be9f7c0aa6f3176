/**
 * Where things stand in the ZIP files of Convex's export and import:
 *
 *   README.md
 *   _tables/documents.jsonl              {"name", "id"} of each table; the id is its number
 *   <table>/documents.jsonl              a document a line
 *   <table>/generated_schema.jsonl       "uniform": how numbers are written (see exportJson.ts)
 *   _storage/documents.jsonl             what is known of each file
 *   _storage/<id>.<extension>            its bytes
 *   _components/<name>/…                 the same of a component, nested like components are
 */
import type { ComponentPath } from "../../engine/types";

export const DOCUMENTS = "documents.jsonl";
export const GENERATED_SCHEMA = "generated_schema.jsonl";
export const TABLES = "_tables";
export const STORAGE = "_storage";
export const UNIFORM = '"uniform"';

const COMPONENTS = "_components";

export function folderOf(componentPath: ComponentPath): string {
  if (componentPath === "") return "";
  return componentPath
    .split("/")
    .map((name) => `${COMPONENTS}/${name}/`)
    .join("");
}

export type Place =
  | { kind: "documents" | "generatedSchema"; componentPath: ComponentPath; table: string }
  | { kind: "file"; componentPath: ComponentPath; id: string };

/** What an entry is, below any folder; null for what is nothing of ours. */
export function placeOf(name: string): Place | null {
  const parts = name.split("/");
  const file = parts.pop() ?? "";
  const table = parts.pop();
  if (table === undefined) return null;
  const componentPath = componentPathOf(parts);
  if (file === DOCUMENTS) return { kind: "documents", componentPath, table };
  if (file === GENERATED_SCHEMA) return { kind: "generatedSchema", componentPath, table };
  const [id = ""] = file.split(".");
  return table === STORAGE && id !== "" ? { kind: "file", componentPath, id } : null;
}

/** Pairs of "_components" and a name at the end; what stands before is some folder the whole was put into. */
function componentPathOf(folders: readonly string[]): ComponentPath {
  const names: string[] = [];
  for (let end = folders.length; end >= 2 && folders[end - 2] === COMPONENTS; end -= 2) {
    names.unshift(folders[end - 1] ?? "");
  }
  return names.join("/");
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  "application/json": "json",
  "application/pdf": "pdf",
  "application/zip": "zip",
  "audio/mpeg": "mp3",
  "image/gif": "gif",
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/webp": "webp",
  "text/css": "css",
  "text/csv": "csv",
  "text/html": "html",
  "text/plain": "txt",
  "video/mp4": "mp4",
};

/** So that most files can be looked at; nothing depends on it. */
export function extensionOf(contentType: string | null): string {
  const [type = ""] = (contentType ?? "").split(";");
  const extension = EXTENSIONS[type.trim().toLowerCase()];
  return extension === undefined ? "" : `.${extension}`;
}
