/** The chat: every tab shows every message, one's own at once, whatever happens to the connection. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { texts, useDemo } from "./demo";

const demo = useDemo("chat");

const sent = (page: Page) => texts(page, "li.sent");
const pending = (page: Page) => texts(page, "li.pending");

async function write(page: Page, body: string): Promise<void> {
  await page.fill("input", body);
  await page.click("text=Send");
}

test("two tabs see each other's messages; one's own before the server has it", async () => {
  const [ann, bob] = await Promise.all([demo().open("?name=Ann"), demo().open("?name=Bob")]);
  await write(ann, "Hello!");
  for (const page of [ann, bob]) await expect.poll(() => sent(page)).toEqual(["AnnHello!"]);
  await write(bob, "Hi Ann");
  for (const page of [ann, bob]) {
    await expect.poll(() => sent(page)).toEqual(["AnnHello!", "BobHi Ann"]);
  }

  demo().pause();
  await write(ann, "Is anybody there?");
  await expect.poll(() => pending(ann)).toEqual(["AnnIs anybody there?"]);
  await demo().screenshot(ann, "pending");
  expect(await sent(bob)).toHaveLength(2);
  demo().resume();
  for (const page of [ann, bob]) {
    await expect.poll(() => sent(page)).toContain("AnnIs anybody there?");
    expect(await pending(page)).toEqual([]);
  }
});

test("a reload, and a server that was killed, change nothing that is shown", async () => {
  const [ann, bob] = await Promise.all([demo().open("?name=Ann"), demo().open("?name=Bob")]);
  await write(ann, "before");
  await expect.poll(() => sent(bob)).toContain("Annbefore");
  const before = await sent(bob);
  await bob.reload();
  await expect.poll(() => sent(bob)).toEqual(before);

  await demo().kill();
  await write(ann, "while it was gone");
  await expect.poll(() => pending(ann)).toEqual(["Annwhile it was gone"]);
  expect(await sent(bob)).toEqual(before);
  await demo().startAgain();
  for (const page of [ann, bob]) {
    await expect.poll(() => sent(page)).toEqual([...before, "Annwhile it was gone"]);
    expect(await pending(page)).toEqual([]);
  }
  await write(bob, "after");
  await expect.poll(() => sent(ann)).toEqual([...before, "Annwhile it was gone", "Bobafter"]);
  await demo().screenshot(ann, "after-restart");
});
