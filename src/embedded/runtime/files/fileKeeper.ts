/**
 * Keeps the bytes on the disk and the rows of the database in agreement: a file stays if, and only if, a
 * committed row names its key. Whoever stores or deletes a file tells its key before or after; the question
 * is asked once that transaction has ended, whichever way. The same question is asked at each start, of what
 * the last process left.
 */
import type { ComponentPath } from "../../engine/types";
import type { FileKey, FileStore } from "../../store/files";
import type { Committer } from "../committer";
import { nextTurn } from "../turn";
import { isKeyNamed } from "./fileTable";

/** Each key is one read of a transaction. */
const BATCH_KEYS = 200;

export interface FileKeeper {
  /** Asks about a key as soon as the transactions that run now have ended. */
  doubt(key: FileKey): void;
  /** Settles what was being stored when the last process ended, then looks through all other files by and by. */
  start(): Promise<void>;
  /** Begins nothing more; resolves when what was begun has ended. */
  stop(): Promise<void>;
}

export function createFileKeeper(options: {
  files: FileStore;
  committer: Committer;
  componentPaths(): readonly ComponentPath[];
}): FileKeeper {
  const { files, committer } = options;
  let doubted: FileKey[] = [];
  let isStopped = false;
  const running = new Set<Promise<void>>();

  /** Those of `keys` that no row names. In a turn of its own in the order of commits, so never beside one. */
  async function withoutRow(keys: readonly FileKey[]): Promise<FileKey[]> {
    let left = [...keys];
    for (const componentPath of options.componentPaths()) {
      const asked = left;
      const { value } = await committer.submit((tx) => ({
        commit: false,
        value: asked.filter((key) => !isKeyNamed(tx, componentPath, key)),
      }));
      left = value;
    }
    return left;
  }

  async function settle(keys: readonly FileKey[]): Promise<void> {
    for (let at = 0; at < keys.length && !isStopped; at += BATCH_KEYS) {
      const batch = keys.slice(at, at + BATCH_KEYS);
      const garbage = new Set(await withoutRow(batch));
      for (const key of batch) await (garbage.has(key) ? files.remove(key) : files.keep(key));
    }
  }

  async function sweep(): Promise<void> {
    for await (const keys of files.list()) {
      for (let at = 0; at < keys.length && !isStopped; at += BATCH_KEYS) {
        const garbage = await withoutRow(keys.slice(at, at + BATCH_KEYS));
        for (const key of garbage) await files.remove(key);
      }
    }
  }

  /** What fails here stays on the disk until the next start asks again. */
  function track(work: Promise<void>): void {
    const ended: Promise<void> = work
      .catch((error: unknown) => {
        if (!isStopped) console.error("Files on the disk could not be checked.", error);
      })
      .then(() => void running.delete(ended));
    running.add(ended);
  }

  return {
    doubt(key) {
      if (isStopped) return;
      doubted.push(key);
      if (doubted.length > 1) return;
      nextTurn(() => {
        const keys = doubted;
        doubted = [];
        track(settle(keys));
      });
    },
    async start() {
      await settle(await files.incoming());
      track(sweep());
    },
    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
}
