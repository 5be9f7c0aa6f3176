/** What is committed as `convex/_generated` is what the code generator makes of `convex/`. */
import { cp, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

async function textsIn(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), "utf8")]);
  return Object.fromEntries((await Promise.all(texts)) as [string, string][]);
}

test("npm run codegen changes nothing", async () => {
  const copy = await mkdtemp(join(tmpdir(), "codegen-"));
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  for (const name of ["convex", "src", "scripts", "package.json", "convex.json", "tsconfig.json"]) {
    await cp(name, join(copy, name), { recursive: true });
  }
  await symlink(resolve("node_modules"), join(copy, "node_modules"));
  await rm(join(copy, "convex/_generated"), { recursive: true });

  await promisify(execFile)("npm", ["run", "codegen"], { cwd: copy });
  expect(await textsIn(join(copy, "convex/_generated"))).toEqual(
    await textsIn("convex/_generated"),
  );
});
