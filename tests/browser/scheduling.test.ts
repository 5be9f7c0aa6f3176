/** Messages that delete themselves: live in the tab, over a restart, unless they are kept. */
import { expect, test } from "vitest";
import { texts, useDemo } from "./demo";

const demo = useDemo("scheduling");

test("a message goes by itself; one that is kept stays, also over a restart", async () => {
  const page = await demo().open();
  const send = async (body: string, how: string) => {
    await page.fill("input", body);
    await page.click(`text=${how}`);
    await expect.poll(() => texts(page, "li span")).toContain(body);
  };
  await send("goes", "For a moment");
  await expect.poll(() => texts(page, "li span")).toEqual([]);

  await send("stays", "For an hour");
  await page.click("text=Keep");
  await expect.poll(() => texts(page, "li i")).toEqual(["kept"]);
  await send("goes later", "For a moment");
  await demo().kill();
  await demo().startAgain();
  // It was due while nobody was there, or is soon.
  await expect.poll(() => texts(page, "li span")).toEqual(["stays"]);
  await demo().screenshot(page, "kept");
});
