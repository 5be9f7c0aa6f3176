/**
 * Checks package-lock.json for what breaks `npm ci` on another machine than the one that wrote it:
 * an optional dependency (a native binary for another platform) that the lock does not resolve, a
 * package pinned by a range, or an address of the registry that happened to be used here.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";

const Dependencies = z.record(z.string(), z.string()).optional();
const Lock = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: Dependencies, resolved: z.string().optional() }),
  ),
});
const Manifest = z.object({ dependencies: Dependencies, devDependencies: Dependencies });

const lock = Lock.parse(JSON.parse(readFileSync("package-lock.json", "utf8")));
const manifest = Manifest.parse(JSON.parse(readFileSync("package.json", "utf8")));

/** Node's resolution inside the lock: the nearest `node_modules` folder upwards that has `name`. */
function isResolved(from: string, name: string): boolean {
  let folder = from;
  for (;;) {
    const prefix = folder === "" ? "" : `${folder}/`;
    if (`${prefix}node_modules/${name}` in lock.packages) return true;
    if (folder === "") return false;
    const above = folder.lastIndexOf("/node_modules/");
    folder = above < 0 ? "" : folder.slice(0, above);
  }
}

const problems: string[] = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isResolved(path, name)) {
      problems.push(`${path}: its optional dependency ${name} is missing from the lock`);
    }
  }
  if (entry.resolved !== undefined) {
    problems.push(
      `${path}: the lock names a registry address; run npm with omit-lockfile-registry-resolved`,
    );
  }
}
const EXACT = /^(npm:(@[^/]+\/)?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;
for (const [name, version] of Object.entries({
  ...manifest.dependencies,
  ...manifest.devDependencies,
})) {
  if (!EXACT.test(version))
    problems.push(`package.json: ${name} is not pinned exactly (${version})`);
}

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "The lock is complete." : `${problems.length} problems.`);
process.exit(problems.length === 0 ? 0 : 1);
