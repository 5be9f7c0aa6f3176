/** Convex's real CLI with a project that has components: pushes, what is said of components, their generated types. */
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { startCli } from "../cli/project";
import { temporaryFolder } from "../clients/projectCopy";
import { COMPONENTS, GREETING, relay, Served } from "./serving";

async function project() {
  const folder = await temporaryFolder();
  await cp(COMPONENTS, folder, { recursive: true });
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{"dependencies":{"convex":"1.48.0"}}');
  const served = await Served.open();
  await served.instance.runtime.setEnvironment({ GREETING, AUTH_PROVIDERS: "[]" });
  const { apiUrl, adminKey } = served.instance;
  const credentials = ["--url", apiUrl, "--admin-key", adminKey];
  return {
    served,
    path: (name: string) => join(folder, name),
    /** @returns All that it said. */
    convex: async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await startCli(folder, [...args, ...credentials]).finished;
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      return stdout + stderr;
    },
  };
}

const PUSH = ["dev", "--once", "--typecheck", "disable"];

test(
  "components are installed, unmounted and mounted again, with their types",
  { timeout: 120_000 },
  async () => {
    const { served, path, convex } = await project();
    const pushed = await convex(...PUSH);
    for (const name of ["shelf", "shelf/stamps", "second", "second/stamps"]) {
      expect(pushed).toContain(`Installed component ${name}.`);
    }
    const types = await readFile(path("convex/shelf/_generated/component.ts"), "utf8");
    expect(types.replace(/\s+/g, " ")).toContain(
      'add: FunctionReference< "mutation", "internal", { label: string }, string, Name >',
    );
    expect(types).not.toContain("hidden");

    const { read, write } = relay(served);
    await write("second.boxes.add", { label: "kept" });

    const config = await readFile(path("convex/convex.config.ts"), "utf8");
    const withoutSecond = config.replace(/^app\.use\(shelf, \{ name: "second".*$/m, "");
    await writeFile(path("convex/convex.config.ts"), withoutSecond);
    expect(await convex(...PUSH)).toContain("Unmounted component second.");
    await expect(read("second.boxes.list")).rejects.toThrow('Child component "second" not found');

    await writeFile(path("convex/convex.config.ts"), config);
    expect(await convex(...PUSH)).toContain("Remounted component second.");
    expect(await read("second.boxes.list")).toEqual(["kept"]);
  },
);
