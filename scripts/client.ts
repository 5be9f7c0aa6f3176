/**
 * `npm run client [-- folder]`: the typed client of the native API as a package, `agentik-client`, for programs that have
 * nothing else of ours. By default into `dist/client`: publish it from there, or install the folder.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import ts from "typescript";

const SOURCE = "src/client/rest.ts";

type Manifest = { version: string; license: string; dependencies: Record<string, string> };

/** Writes the package into the folder. */
export async function writeClient(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const source = readFileSync(SOURCE, "utf8");
  const { code } = await transform(source, { loader: "ts", target: "es2022" });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("index.js", code);
  write("index.d.ts", typesOf(source));
  write("package.json", `${JSON.stringify(manifest(), null, 2)}\n`);
  copyFileSync("src/client/openapi.ts", join(folder, "openapi.d.ts"));
  copyFileSync("LICENSE", join(folder, "LICENSE"));
}

/** Node's own resolution of modules asks for the ending. */
function typesOf(source: string): string {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(source, { fileName: SOURCE });
  const [wrong] = diagnostics;
  if (wrong !== undefined)
    throw new Error(ts.flattenDiagnosticMessageText(wrong.messageText, "\n"));
  return outputText.replaceAll('"./openapi"', '"./openapi.js"');
}

function manifest(): object {
  const { version, license, dependencies } = JSON.parse(
    readFileSync("package.json", "utf8"),
  ) as Manifest;
  return {
    name: "agentik-client",
    version,
    description: "The native API of an agentik deployment, typed by its own description.",
    license,
    type: "module",
    sideEffects: false,
    exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
    dependencies: { "openapi-fetch": dependencies["openapi-fetch"] },
  };
}

if (process.argv[1]?.endsWith("client.ts") === true) {
  await writeClient(process.argv[2] ?? join("dist", "client"));
}
