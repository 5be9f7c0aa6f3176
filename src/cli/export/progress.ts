/** How far an export is: `export.json` in its folder, replaced as a whole after each page. */
import { mkdir, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../embedded/command/ending";

const FILE = "export.json";

const Progress = z.strictObject({
  url: z.string(),
  tenantId: z.string().nullable(), // of the first line; null before it
  sessionId: z.string().nullable(), // null: the whole tenant
  next: z.strictObject({ table: z.string(), cursor: z.string().nullable() }).nullable(),
  isComplete: z.boolean(),
  lineBytes: z.number(), // what of `export.ndjson` is sure
  rows: z.record(z.string(), z.number()), // by table
  fileCount: z.number(),
  fileBytes: z.number(),
  filesMissing: z.array(z.string()), // their rows are there, their bytes were not
  exportedAt: z.string().nullable(),
});
export type Progress = z.infer<typeof Progress>;

/**
 * The progress of the export in the folder, which is made if it is missing.
 *
 * @throws UsageError - The folder has something else in it, or an export that is complete or of something else.
 */
export async function openProgress(
  folder: string,
  { url, sessionId }: Pick<Progress, "url" | "sessionId">,
): Promise<Progress> {
  await mkdir(folder, { recursive: true });
  const entries = await readdir(folder);
  if (entries.length === 0) return begun({ url, sessionId });
  if (!entries.includes(FILE)) throw new UsageError(`${folder} is not empty, and no export.`);
  const parsed = Progress.safeParse(JSON.parse(await readFile(join(folder, FILE), "utf8")));
  if (!parsed.success) throw new UsageError(`${join(folder, FILE)} is not of an export.`);
  const progress = parsed.data;
  if (progress.isComplete) throw new UsageError(`${folder} has a complete export already.`);
  if (progress.url !== url || progress.sessionId !== sessionId) {
    const of = progress.sessionId === null ? "a tenant" : `session ${progress.sessionId}`;
    throw new UsageError(`${folder} has the beginning of an export of ${of} from ${progress.url}.`);
  }
  return progress;
}

export async function saveProgress(folder: string, progress: Progress): Promise<void> {
  const path = join(folder, FILE);
  await writeFile(`${path}.part`, `${JSON.stringify(progress, null, 2)}\n`);
  await rename(`${path}.part`, path);
}

function begun({ url, sessionId }: Pick<Progress, "url" | "sessionId">): Progress {
  return {
    url,
    tenantId: null,
    sessionId,
    next: null,
    isComplete: false,
    lineBytes: 0,
    rows: {},
    fileCount: 0,
    fileBytes: 0,
    filesMissing: [],
    exportedAt: null,
  };
}
