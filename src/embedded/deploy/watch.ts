/** Bundles a project again whenever something in it changes. */
import { existsSync, readdirSync, watch, type FSWatcher } from "node:fs";
import { dirname, join } from "node:path";
import { bundleWithInputs } from "./bundleProject";
import { readProject } from "./project";
import type { Push } from "./types";

/** Editors write a file in several steps, and branches change many at once. */
const QUIET_MS = 100;

export type ProjectChange = { ok: true; push: Push } | { ok: false; error: unknown };

/**
 * Calls `onChange` with each new push, or with what keeps the project from being bundled (a `PushError`).
 * Watched are the functions folder and the folders of all files that were bundled, except packages.
 *
 * @returns A function that ends the watching.
 */
export function watchProject(
  projectFolder: string,
  onChange: (change: ProjectChange) => void,
): () => void {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let inputs: ReadonlySet<string> = new Set();
  let lastPush: string | null = null;
  let work: Promise<void> = Promise.resolve();

  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      work = work.then(rebundle);
    }, QUIET_MS);
  };

  async function rebundle(): Promise<void> {
    if (isClosed) return;
    let change: ProjectChange;
    try {
      const bundled = await bundleWithInputs(readProject(projectFolder));
      inputs = bundled.inputs;
      change = { ok: true, push: bundled.push };
    } catch (error) {
      change = { ok: false, error };
    }
    watchFolders();
    const text = change.ok ? JSON.stringify(change.push) : null;
    // A file that was only touched makes the same push again.
    if (isClosed || (text !== null && text === lastPush)) return;
    lastPush = text;
    onChange(change);
  }

  function watchFolders(): void {
    const folders = foldersOf(projectFolder, inputs);
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of folders) {
      if (watchers.has(folder) || isClosed) continue;
      const watcher = watch(folder, schedule);
      // A folder that goes away ends its watcher; its parent's watcher reports the change.
      watcher.on("error", () => watchers.delete(folder));
      watchers.set(folder, watcher);
    }
  }

  work = work.then(async () => {
    const bundled = await bundleWithInputs(readProject(projectFolder)).catch(() => null);
    // Only to know what to watch: what the caller serves may be older than this.
    if (bundled !== null) inputs = bundled.inputs;
    watchFolders();
  });
  watchFolders();
  return () => {
    isClosed = true;
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}

function foldersOf(projectFolder: string, inputs: ReadonlySet<string>): Set<string> {
  const folders = new Set<string>();
  for (const input of inputs) {
    if (!input.includes("node_modules")) folders.add(dirname(input));
  }
  const root = functionsFolderOf(projectFolder);
  if (root !== null) addFoldersBelow(root, folders);
  return new Set([...folders].filter((folder) => existsSync(folder)));
}

function functionsFolderOf(projectFolder: string): string | null {
  try {
    return readProject(projectFolder).functionsFolder;
  } catch {
    // `convex.json` is broken for the moment.
    return null;
  }
}

function addFoldersBelow(folder: string, found: Set<string>): void {
  found.add(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) addFoldersBelow(join(folder, entry.name), found);
  }
}
