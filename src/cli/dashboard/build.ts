/** The dashboard as static files, made when what it is made of has changed. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";

const CONFIG = "src/dashboard/vite.config.ts";
/** What its modules come from. Of packages, the lock file says which. */
const SOURCES = ["src/dashboard", "src/client", "src/core", "convex/_generated/api.js"];
const LOCK = "package-lock.json";
const BUILT = "dist/dashboards";
/** A start that serves one says every hour that it does. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

/** @returns The folder of the built files. */
export async function builtDashboard(project: string): Promise<string> {
  const built = join(project, BUILT);
  const folder = join(built, await fingerprint(project));
  if (await isThere(folder)) return folder;
  await mkdir(built, { recursive: true });
  await removeOld(built);
  const made = await mkdtemp(join(built, "making-"));
  // Loaded here only: most starts find the files there.
  const { build } = await import("vite");
  await build({
    configFile: join(project, CONFIG),
    build: { outDir: made },
    logLevel: "warn",
  });
  // Whole or not at all; of two starts that made the same, the first one's is taken.
  await rename(made, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(made, { recursive: true, force: true });
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
  return folder;
}

async function fingerprint(project: string): Promise<string> {
  const hash = createHash("sha256").update(process.env["DASHBOARD_BUILD"] ?? "");
  const paths = [join(project, LOCK)];
  for (const source of SOURCES) paths.push(...(await filesBelow(join(project, source))));
  for (const path of paths.toSorted()) {
    hash
      .update(relative(project, path))
      .update("\0")
      .update(await readFile(path))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesBelow(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

async function isThere(folder: string): Promise<boolean> {
  return await stat(folder).then(
    () => true,
    () => false,
  );
}

async function removeOld(built: string): Promise<void> {
  for (const name of await readdir(built)) {
    const path = join(built, name);
    // Gone meanwhile: another start has given it its name, or removed it.
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > KEPT_MS)
      await rm(path, { recursive: true, force: true });
  }
}
