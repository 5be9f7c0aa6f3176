/** What a browser loads before the first screen stands: all that `index.html` names. Built by `npm run size`. */
import { readFileSync } from "node:fs";

const BUILT = "dist/dashboard";
const page = readFileSync(`${BUILT}/index.html`, "utf8");
const named = [...page.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)];

export default [
  {
    name: "dashboard, entry",
    path: [`${BUILT}/index.html`, ...named.map(([, address]) => `${BUILT}${address}`)],
    gzip: true,
    limit: "160 kB",
  },
  {
    name: "dashboard, Markdown of a reply (lazy)",
    path: `${BUILT}/assets/Markdown-*.js`,
    gzip: true,
    limit: "200 kB",
  },
];
