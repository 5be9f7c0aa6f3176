/**
 * `npm run swagger`: packs Swagger UI's files, as the package has them, into modules that the deployment serves them from. It
 * has no folder of files beside its functions, and a page that loads its scripts from elsewhere tells others who reads it.
 */
import { writeFileSync } from "node:fs";
import { modules } from "./swaggerFiles";

for (const [path, text] of Object.entries(modules())) {
  writeFileSync(path, text);
  console.log(`${path}: ${Math.ceil(text.length / 1_024)} kB`);
}
