/** Who is here: by heartbeats, each of which puts off a scheduled leaving. */
import { expect, test } from "vitest";
import { texts, useDemo } from "./demo";

const demo = useDemo("presence");

test("a tab that opens is seen, and one that closes is missed", async () => {
  const ann = await demo().open("?name=Ann");
  const bob = await demo().open("?name=Bob");
  for (const page of [ann, bob]) {
    await expect.poll(() => texts(page, "li")).toEqual(["Ann", "Bob"]);
  }
  await demo().screenshot(ann, "both");
  await bob.close();
  await expect.poll(() => texts(ann, "li")).toEqual(["Ann"]);
});
