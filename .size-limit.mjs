/** What a browser loads, and when. Built by `npm run size`. */
import { readdirSync, readFileSync } from "node:fs";

const BUILT = "dist/dashboard";
const assets = readdirSync(`${BUILT}/assets`).map((name) => `${BUILT}/assets/${name}`);
const page = readFileSync(`${BUILT}/index.html`, "utf8");
/** All that `index.html` names: it is there before the first screen stands. */
const entry = [...page.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(
  ([, address]) => BUILT + address,
);

/** The script of that name and those that it loads with itself; what the entry has is there already. */
function loadedWith(name) {
  const found = new Set(
    assets.filter((path) => path.includes(`/${name}-`) && path.endsWith(".js")),
  );
  if (found.size !== 1) throw new Error(`${found.size} scripts are named ${name}`);
  for (const path of found) {
    const imported = readFileSync(path, "utf8").matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g);
    for (const [, file] of imported) {
      const other = `${BUILT}/assets/${file}`;
      if (!entry.includes(other)) found.add(other);
    }
  }
  return [...found];
}

export default [
  {
    name: "dashboard, entry",
    path: [`${BUILT}/index.html`, ...entry],
    gzip: true,
    limit: "160 kB",
  },
  {
    name: "dashboard, Markdown of a reply (lazy)",
    path: loadedWith("Markdown"),
    gzip: true,
    limit: "160 kB",
  },
  {
    name: "dashboard, colours of its code (in a worker, without languages)",
    path: loadedWith("highlighterWorker"),
    gzip: true,
    limit: "80 kB",
  },
];
