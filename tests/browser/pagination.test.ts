/** A list that is read page by page while others change it: never a row twice, never one left out. */
import { ConvexHttpClient } from "convex/browser";
import { anyApi, type ApiFromModules } from "convex/server";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type * as songs from "../fixtures/projects/demos/pagination/convex/songs";
import { texts, useDemo } from "./demo";

const api = anyApi as unknown as ApiFromModules<{ songs: typeof songs }>;
const demo = useDemo("pagination");

const ranks = async (page: Page) =>
  await page
    .locator("li")
    .evaluateAll((items) => items.map((item) => Number(item.dataset["rank"])));
const upTo = (count: number) => Array.from({ length: count }, (_, rank) => rank + 1);

test("pages grow, shrink and meet each other while the list changes", async () => {
  const http = new ConvexHttpClient(demo().backend.apiUrl, { logger: false });
  await http.mutation(api.songs.add, { ranks: upTo(17) });
  const page = await demo().open();
  await expect.poll(() => ranks(page)).toEqual(upTo(5));

  await page.click("#more");
  await expect.poll(() => ranks(page)).toEqual(upTo(10));
  // Into both pages, at their border, before the first, and beyond what is shown.
  await http.mutation(api.songs.add, { ranks: [0, 2.5, 5.5, 7.5, 10.5, 16.5] });
  const shown = [0, 1, 2, 2.5, 3, 4, 5, 5.5, 6, 7, 7.5, 8, 9, 10];
  await expect.poll(() => ranks(page)).toEqual(shown);
  await demo().screenshot(page, "grown");

  // The very row that the first page ends at, by a click.
  await page.locator('li[data-rank="5"] button').click();
  await expect.poll(() => ranks(page)).toEqual(shown.filter((rank) => rank !== 5));

  for (;;) {
    const status = (await texts(page, ".state"))[0];
    if (status === "Exhausted") break;
    if (status === "CanLoadMore") await page.click("#more");
    await expect.poll(() => texts(page, ".state")).not.toEqual(["LoadingMore"]);
  }
  const all = [...shown, 10.5, ...upTo(17).slice(10), 16.5].sort((a, b) => a - b);
  await expect.poll(() => ranks(page)).toEqual(all.filter((rank) => rank !== 5));

  // The last page, which has no end, takes what comes after it.
  await http.mutation(api.songs.add, { ranks: [18, 19] });
  await expect.poll(() => ranks(page)).toEqual([...all, 18, 19].filter((rank) => rank !== 5));
});

test("a server that was killed leaves the pages as they are", async () => {
  const page = await demo().open();
  await expect.poll(() => texts(page, ".state")).toEqual(["CanLoadMore"]);
  await page.click("#more");
  await expect.poll(async () => (await ranks(page)).length).toBe(10);
  const before = await ranks(page);
  await demo().kill();
  await demo().startAgain();
  const http = new ConvexHttpClient(demo().backend.apiUrl, { logger: false });
  await http.mutation(api.songs.add, { ranks: [0.5] });
  await expect.poll(() => ranks(page)).toEqual([...before, 0.5].sort((a, b) => a - b));
});
