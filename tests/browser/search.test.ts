/** Search as one types, live, and by vectors in an action. */
import { ConvexHttpClient } from "convex/browser";
import { anyApi, type ApiFromModules } from "convex/server";
import { expect, test } from "vitest";
import type * as recipes from "../fixtures/projects/demos/search/convex/recipes";
import { texts, useDemo } from "./demo";

const api = anyApi as unknown as ApiFromModules<{ recipes: typeof recipes }>;
const demo = useDemo("search");

test("typing narrows what is found, and a new row that matches comes in", async () => {
  const http = new ConvexHttpClient(demo().backend.apiUrl, { logger: false });
  await http.mutation(api.recipes.add, {
    recipes: [
      { title: "Lemon tart", course: "dessert", taste: [0.8, 0, 0.7] },
      { title: "Lentil soup with lemon", course: "main", taste: [0.1, 0.9, 0.3] },
      { title: "Chocolate cake", course: "dessert", taste: [1, 0.1, 0] },
      { title: "Honey-glazed carrots", course: "main", taste: [1, 0.2, 0.2] },
    ],
  });
  const page = await demo().open();
  const found = async () => (await texts(page, "#found li")).sort();
  await expect.poll(found).toHaveLength(4);
  const type = async (text: string) =>
    await page.locator('input[placeholder="What would you like?"]').pressSequentially(text);

  await type("le");
  await expect.poll(found).toEqual(["Lemon tart", "Lentil soup with lemon"]);
  await type("mon t");
  await expect.poll(async () => (await texts(page, "#found li"))[0]).toBe("Lemon tart");
  await page.getByLabel("Desserts").check();
  await expect.poll(found).toEqual(["Lemon tart"]);
  await http.mutation(api.recipes.add, {
    recipes: [
      { title: "Lemon tiramisu", course: "dessert", taste: [0.9, 0, 0.5] },
      { title: "Tomatoes", course: "main", taste: [0.3, 0.2, 0.6] },
    ],
  });
  await expect.poll(found).toEqual(["Lemon tart", "Lemon tiramisu"]);
  await demo().screenshot(page, "narrowed");
  await page.click("text=Something sweet");
  await expect
    .poll(() => texts(page, "#similar li"))
    .toEqual(["Lemon tiramisu", "Lemon tart", "Chocolate cake"]);
  await page.getByLabel("Desserts").uncheck();
  await page.click("text=Something sweet");
  await expect.poll(() => texts(page, "#similar li")).toContain("Honey-glazed carrots");
  await demo().screenshot(page, "similar");
});
