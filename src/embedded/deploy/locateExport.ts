import type { JsonObject } from "../values/json";
import { normalizedSourceMap, PositionMap } from "./sourceMaps";
import type { ModuleSource } from "./types";

/** Where a module's export is written: "convex/sends.ts:12:14". Falls back to the file's first line. */
export function locateExport(
  module: ModuleSource,
  exportName: string,
): { at: string; details: JsonObject } {
  const lines = module.source.split("\n");
  const local = localName(module.source, exportName);
  const pattern = new RegExp(`(?:^|[\\s,;])(?:function\\s+)?${escape(local)}\\s*(?:=|\\()`);
  const index = lines.findIndex((line) => pattern.test(line));
  const map = new PositionMap(normalizedSourceMap(module));
  const found = index === -1 ? null : map.find(index + 1, (lines[index]?.indexOf(local) ?? 0) + 1);
  const first = found ?? map.find(firstMapped(lines), 1);
  const file = (first?.file ?? module.path).replace(/^(\.\.\/)+/, "");
  const line = found?.line ?? 1;
  return { at: `${file}:${line}`, details: { file, line } };
}

/** The bundler's last statement renames: `export { local as exported }`. */
function localName(source: string, exportName: string): string {
  const list = /export\s*\{([^}]*)\};?\s*(?:\/\/[^\n]*\s*)*$/.exec(source)?.[1] ?? "";
  for (const item of list.split(",")) {
    const [local, exported] = item.trim().split(/\s+as\s+/);
    if ((exported ?? local) === exportName && local) return local;
  }
  return exportName;
}

function firstMapped(lines: string[]): number {
  return lines.findIndex((line) => line.trim() !== "" && !line.startsWith("//")) + 1;
}

function escape(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}
