/**
 * Before all tests: their temporary folders are in memory, where there is room for them. None of them is about
 * what a machine that loses its power keeps; on a busy disk, syncing thousands of commits is what they wait for.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";

const MEMORY = "/dev/shm";
const ROOM_BYTES = 4 * 2 ** 30;

/** @returns What removes them all. */
export default function useMemory(): () => void {
  if (!existsSync(MEMORY)) return () => {};
  const { bavail, bsize } = statfsSync(MEMORY);
  if (bavail * bsize < ROOM_BYTES) return () => {};
  removeLeftovers();
  const folder = mkdtempSync(`${MEMORY}/tests-${process.pid}-`);
  process.env["TMPDIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Folders of runs that were killed. */
function removeLeftovers(): void {
  for (const name of readdirSync(MEMORY)) {
    const [, pid] = /^tests-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    rmSync(`${MEMORY}/${name}`, { recursive: true, force: true });
  }
}
