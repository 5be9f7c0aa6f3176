/** What runs in Convex's default runtime must bundle for it: no Node built-ins, nothing of Convex itself. */
import { build } from "esbuild";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.startsWith("simulator"))
    .map((name) => join(folder, name));
}

const files = ["src/core", "src/pricing", "src/providers", "src/tools"].flatMap(filesOf);

test("core, pricing, providers and tools bundle for the default runtime", async () => {
  // A bare import of a Node built-in does not resolve on this platform, and the build fails.
  const { metafile, outputFiles } = await build({
    entryPoints: files,
    outdir: "bundle",
    bundle: true,
    write: false,
    metafile: true,
    splitting: true,
    format: "esm",
    target: "esnext",
    platform: "browser",
    conditions: ["convex", "module"],
    logLevel: "silent",
  });
  const external = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter((each) => each.external === true).map(({ path }) => path),
  );
  expect(external).toEqual([]);
  expect(Object.keys(metafile.inputs).filter((path) => /\bconvex\b/.test(path))).toEqual([]);

  const sizeBytes = outputFiles.reduce((sum, { contents }) => sum + contents.length, 0);
  // A cold start loads all of it. The full Anthropic client alone would be 1.1 MB.
  expect(sizeBytes).toBeLessThan(1_100_000);
});

test("no file relies on a global that only Node has", () => {
  const offenders = files.filter((path) =>
    /\b(process|Buffer|__dirname|require)\b[.([]|setImmediate/.test(readFileSync(path, "utf8")),
  );
  expect(offenders).toEqual([]);
});
