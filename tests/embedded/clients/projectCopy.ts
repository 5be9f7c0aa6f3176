/** A copy of the fixture project that a test may change, with an `.env.local` of its own. */
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { PROJECT } from "./api";

/** Gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "embedded-clients-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function projectCopy(variables: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder();
  await cp(PROJECT, folder, { recursive: true });
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(join(folder, ".env.local"), lines.join(""));
  return folder;
}
