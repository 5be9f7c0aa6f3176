/** A form that posts to an HTTP action, across origins, and a page that an HTTP action makes. */
import { expect, test } from "vitest";
import { texts, useDemo } from "./demo";

const demo = useDemo("http");

test("what is posted to an HTTP action shows in every tab", async () => {
  const [page, other] = await Promise.all([demo().open(), demo().open()]);
  const post = async (body: string) => {
    await page.fill("input", body);
    await page.click("text=Post");
  };
  await post("first <b>");
  await expect.poll(() => texts(page, ".state")).toEqual(['201 {"saved":"first <b>"}']);
  await post("second");
  for (const tab of [page, other]) {
    await expect.poll(() => texts(tab, "li span")).toEqual(["second", "first <b>"]);
  }
  await post("");
  await expect.poll(() => texts(page, ".state")).toEqual(["400 A note needs a body."]);
  await demo().screenshot(page, "posted");

  await page.click("text=All of mine");
  await expect.poll(() => texts(page, "h1")).toEqual(["2 notes"]);
  expect(await texts(page, "li")).toEqual(["first <b>", "second"]);
});
