/**
 * Data folders with a project deployed to them, to start copies of: deploying takes a second, a copy none. Each is
 * made once in a run of the tests, by the worker that first asks for it.
 */
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { embeddedTest, type EmbeddedTestOptions } from "./embeddedTest";

type Deployed = Required<Pick<EmbeddedTestOptions, "project" | "environment">>;

/** @param name - What the workers know it by; one project and environment each. */
export async function deployedFolder(name: string, deployed: Deployed): Promise<string> {
  const parent = process.env["DEPLOYED_FOLDERS"];
  if (parent === undefined) throw new Error("tests/support/deployedFolders.ts sets it up.");
  const folder = join(parent, name);
  if (!existsSync(folder)) {
    const data = mkdtempSync(`${folder}-`);
    const t = await embeddedTest({ ...deployed, data });
    await t.close();
    publish(data, folder);
  }
  return folder;
}

/** Whole or not at all: another worker may have made it meanwhile, and others read it already. */
function publish(data: string, folder: string): void {
  try {
    renameSync(data, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(data, { recursive: true });
  }
}
