/** What an export says of itself at its end. */
import type { Progress } from "./progress";

export function summaryText({ rows, fileCount, fileBytes }: Progress, folder: string): string {
  const counts = Object.entries(rows).toSorted(([, a], [, b]) => b - a);
  const rowCount = counts.reduce((sum, [, count]) => sum + count, 0);
  const tables = counts.map(([table, count]) => `  ${String(count).padStart(8)} ${table}`);
  const size = `${(fileBytes / 1_000_000).toFixed(1)} MB`;
  return [...tables, `${folder} has ${rowCount} rows and ${fileCount} files (${size}).`].join("\n");
}
