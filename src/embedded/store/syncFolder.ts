/** Makes new names and renames in a folder durable. Windows cannot do this and does not need it. */
import { closeSync, fsyncSync, openSync } from "node:fs";
import { open } from "node:fs/promises";

const isNeeded = process.platform !== "win32";

export function syncFolder(folder: string): void {
  if (!isNeeded) return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The same without holding the thread. */
export async function syncFolderLater(folder: string): Promise<void> {
  if (!isNeeded) return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
