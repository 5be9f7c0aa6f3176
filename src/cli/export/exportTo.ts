/**
 * An export into a folder: `export.ndjson` with a line per row, `files/` with the bytes of each row of `files`, and
 * `export.json` with what is there. A page's lines and files are written before it says so: whoever is stopped in
 * between gets that page again.
 */
import { appendFile, mkdir, truncate } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { saveFile } from "./files";
import { openProgress, saveProgress, type Progress } from "./progress";
import { readerOf, type Source } from "./reader";

const Line = z.looseObject({
  table: z.string(),
  row: z.looseObject({ _id: z.string(), tenantId: z.string().optional() }),
});
type Line = z.infer<typeof Line>;

const FileRow = z.looseObject({
  _id: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  _url: z.string().nullable(),
});

/**
 * Exports what the source names, or goes on with it.
 *
 * @throws UsageError - The folder has something else in it, or the deployment refuses or is not to be reached.
 */
export async function exportTo(folder: string, source: Source): Promise<Progress> {
  const { url, sessionId = null } = source;
  let progress = await openProgress(folder, { url, sessionId });
  const lines = join(folder, "export.ndjson");
  await appendFile(lines, "");
  await truncate(lines, progress.lineBytes);
  await mkdir(join(folder, "files"), { recursive: true });
  const readPage = readerOf(source);
  while (!progress.isComplete) {
    const page = await readPage(progress);
    await appendFile(lines, page.ndjson);
    const read = page.ndjson.split("\n").filter((text) => text !== "");
    progress = await withPage(folder, progress, read.map(toLine));
    progress = {
      ...progress,
      next: page.next,
      isComplete: page.next === null,
      lineBytes: progress.lineBytes + Buffer.byteLength(page.ndjson),
      exportedAt: page.next === null ? new Date().toISOString() : null,
    };
    await saveProgress(folder, progress);
  }
  return progress;
}

/** The progress with the page's lines counted, and their files saved. */
async function withPage(folder: string, before: Progress, lines: Line[]): Promise<Progress> {
  const progress = { ...before, rows: { ...before.rows } };
  for (const { table, row } of lines) {
    progress.tenantId ??= row.tenantId ?? row._id;
    progress.rows[table] = (progress.rows[table] ?? 0) + 1;
    if (table !== "files") continue;
    const file = FileRow.parse(row);
    if (await saveFile(join(folder, "files"), file)) {
      progress.fileCount++;
      progress.fileBytes += file.sizeBytes;
    } else {
      progress.filesMissing = [...progress.filesMissing, file._id];
    }
  }
  return progress;
}

function toLine(text: string): Line {
  return Line.parse(JSON.parse(text));
}
