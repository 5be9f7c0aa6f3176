/** The page that shows the API's description: complete, and from our own files alone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { packed as script } from "../../convex/rest/docs/data/script";
import { packed as style } from "../../convex/rest/docs/data/style";
import { onEachDriver, sharedSetup } from "../convex/setup";

const FOLDER = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

test.each([
  ["swagger-ui-bundle.js", script],
  ["swagger-ui.css", style],
])("%s is the package's: `npm run swagger` packs it anew", (file, packed) => {
  const unpacked = gunzipSync(Buffer.from(packed, "base64")).toString();
  expect(unpacked === readFileSync(join(FOLDER, file), "utf8")).toBe(true);
});

onEachDriver(() => {
  const t = sharedSetup();

  test("the page names files that are there, and no other server", async () => {
    const page = await t().fetch("/api/v1/docs");
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).not.toMatch(/https?:|src="\/\//);
    const named = [...html.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, path]) => path);
    expect(named).toHaveLength(3);
    for (const path of named) {
      const file = await t().fetch(`/api/v1/${path}`);
      expect([path, file.status, file.headers.get("x-content-type-options")]).toEqual([
        path,
        200,
        "nosniff",
      ]);
      expect(file.headers.get("content-type")).toMatch(/javascript|css/);
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
    expect((await t().fetch("/api/v1/docs/other.js")).status).toBe(404);
  });
});
