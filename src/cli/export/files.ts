/** The bytes of exported files. */
import { createWriteStream } from "node:fs";
import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { UsageError } from "../../embedded/command/ending";

type ExportedFile = { _id: string; name: string; sizeBytes: number; _url: string | null };

/**
 * Saves the file's bytes under its id, with the ending of its name; what is there already stays.
 *
 * @returns False when the deployment has no such bytes.
 * @throws UsageError - They did not all arrive.
 */
export async function saveFile(folder: string, file: ExportedFile): Promise<boolean> {
  const path = join(folder, `${plainId(file._id)}${endingOf(file.name)}`);
  if ((await sizeOf(path)) === file.sizeBytes) return true;
  if (file._url === null) return false;
  const response = await fetch(file._url);
  if (response.status === 404) return false;
  if (!response.ok || response.body === null) {
    throw new UsageError(`The file ${file._id} was answered with ${response.status}. Try again.`);
  }
  const body = Readable.fromWeb(response.body as ReadableStream);
  await pipeline(body, createWriteStream(`${path}.part`));
  const arrived = await sizeOf(`${path}.part`);
  if (arrived !== file.sizeBytes) {
    const told = `${String(arrived)} of ${file.sizeBytes} bytes of the file ${file._id}`;
    throw new UsageError(`Only ${told} arrived. Try again.`);
  }
  await rename(`${path}.part`, path);
  return true;
}

/** What a tenant calls its files must not lead out of the folder; of the name only a plain ending is taken. */
function endingOf(name: string): string {
  return /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? "";
}

function plainId(id: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw new UsageError(`${id} is no id of a file.`);
  return id;
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
