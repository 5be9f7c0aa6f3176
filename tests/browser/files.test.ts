/** Images go up from the browser, are shown by their URLs, and are gone when they are deleted. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { texts, useDemo } from "./demo";

const demo = useDemo("files");

/** How wide the images really are: 0 while one is not there. */
const widths = async (page: Page) =>
  await page
    .locator("img")
    .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));

test("an image is uploaded and shown in every tab, also after a crash, until it is deleted", async () => {
  const [page, other] = await Promise.all([demo().open(), demo().open()]);
  const wide = await page.screenshot({ type: "png" });
  const small = await page.screenshot({
    type: "jpeg",
    clip: { x: 0, y: 0, width: 320, height: 100 },
  });
  await page.setInputFiles("input", [
    { name: "wide.png", mimeType: "image/png", buffer: wide },
    { name: "small.jpg", mimeType: "image/jpeg", buffer: small },
  ]);
  for (const tab of [page, other]) await expect.poll(() => widths(tab)).toEqual([1280, 320]);
  expect(await texts(other, "li span")).toEqual([
    `wide.png, image/png, ${wide.length} bytes`,
    `small.jpg, image/jpeg, ${small.length} bytes`,
  ]);
  await demo().screenshot(other, "uploaded");

  await demo().kill();
  await demo().startAgain();
  await other.reload();
  await expect.poll(() => widths(other)).toEqual([1280, 320]);

  const url = await other.locator("img").first().getAttribute("src");
  await other.locator("li button").first().click();
  for (const tab of [page, other]) await expect.poll(() => widths(tab)).toEqual([320]);
  expect((await fetch(url!)).status).toBe(404);
});
