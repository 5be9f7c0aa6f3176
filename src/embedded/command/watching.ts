/** Notices that files have changed: by looking, as file system events differ on every system. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const LOOK_EVERY_MS = 300;

export type Watched = {
  /** Each with all files in it, at any depth; those whose name starts with a dot are left out. */
  folders: readonly string[];
  files: Iterable<string>;
};

/**
 * Calls `onChange` when files have changed and then stood still from one look to the next. What is
 * looked at is asked for anew each time. Changes made while `onChange` runs are noticed after it; when it
 * fails, stderr says so, and the next change is its next chance.
 *
 * @returns What ends it.
 */
export function watchFiles(watched: () => Watched, onChange: () => Promise<void>): () => void {
  let handled = look(watched()).signature;
  let last = handled;
  let isStopped = false;

  async function check(): Promise<void> {
    const { signature } = look(watched());
    const isStill = signature === last;
    last = signature;
    if (isStill && signature !== handled) {
      const startedAtMs = Date.now();
      await onChange().catch((error: unknown) => console.error(error));
      // Other files may be watched now. They need no second push, unless they changed during the first.
      const after = look(watched());
      last = after.signature;
      handled = after.changedAtMs > startedAtMs ? "" : after.signature;
    }
    if (!isStopped) timer = setTimeout(() => void check(), LOOK_EVERY_MS);
  }

  let timer = setTimeout(() => void check(), LOOK_EVERY_MS);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

/** Which files there are and when each last changed, its name included. */
function look({ folders, files }: Watched): { signature: string; changedAtMs: number } {
  const lines: string[] = [];
  let changedAtMs = 0;
  for (const path of [...folders.flatMap(filesIn), ...files]) {
    const stats = statSync(path, { throwIfNoEntry: false });
    lines.push(`${path} ${stats?.ctimeMs ?? "missing"}`);
    changedAtMs = Math.max(changedAtMs, stats?.ctimeMs ?? 0);
  }
  return { signature: lines.join("\n"), changedAtMs };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return []; // the folder is gone; it may come back
  }
}
