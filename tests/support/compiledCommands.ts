/**
 * Before all tests: our commands, each compiled into one file, which starts in half the time that its sources
 * take. Some 200 processes are started. `tests/embedded/command/main.test.ts` starts them as npm does.
 */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

const COMMANDS = [
  "src/cli/start.ts",
  "src/cli/main.ts",
  "src/embedded/main.ts",
  "tests/embedded/store/sweepingProcess.ts",
];

/** Within the repository, so that packages are found. */
const PARENT = "test-results/commands";

/** A source goes on knowing where it is itself. */
const ownPlaces: Plugin = {
  name: "own-places",
  setup(compiling) {
    compiling.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text
        .replaceAll(/(?<!")\bimport\.meta\.url\b(?!")/g, JSON.stringify(pathToFileURL(path).href))
        .replaceAll(/\bimport\.meta\.dirname\b/g, JSON.stringify(dirname(path)));
      return { contents, loader: "ts" };
    });
  },
};

/** @returns What removes them again. */
export default async function compileCommands(): Promise<() => Promise<void>> {
  await mkdir(PARENT, { recursive: true });
  const folder = await mkdtemp(`${resolve(PARENT)}/`);
  await build({
    entryPoints: COMMANDS,
    outbase: ".",
    outdir: folder,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    plugins: [ownPlaces],
    logLevel: "warning",
  });
  process.env["COMPILED_COMMANDS"] = folder;
  return async () => await rm(folder, { recursive: true, force: true });
}
