/** Before all tests: where `deployedFolder` keeps what the workers of this run share. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @returns What removes them all. */
export default function makeRoom(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "deployed-"));
  process.env["DEPLOYED_FOLDERS"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
