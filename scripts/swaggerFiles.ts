import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const FOLDER = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

const PACKED = {
  "convex/rest/docs/data/script.ts": "swagger-ui-bundle.js",
  "convex/rest/docs/data/style.ts": "swagger-ui.css",
};

/** The modules' texts, by their paths. */
export function modules(): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(FOLDER, "package.json"), "utf8")) as {
    version: string;
  };
  const entries = Object.entries(PACKED).map(([path, file]) => {
    const packed = gzipSync(readFileSync(join(FOLDER, file)), { level: 9 }).toString("base64");
    const origin = `/** ${file} of swagger-ui-dist ${version} (Apache-2.0), as gzip in base64: \`npm run swagger\`. */`;
    return [path, `${origin}\nexport const packed =\n  "${packed}";\n`];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}
