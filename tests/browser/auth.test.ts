/** Signing in with tokens of a provider of one's own, short-lived ones: the client fetches new ones. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { makeIssuer } from "../embedded/server/issuer";
import { texts, useDemo } from "./demo";

const issuer = await makeIssuer();
const demo = useDemo("auth", () => ({ AUTH_PROVIDERS: JSON.stringify([issuer.provider]) }));
/** So short that the client needs several during a test. */
const TOKEN_LIFE_S = 4;

const who = (page: Page) => texts(page, "#who");

test("each user sees their own posts, and stays signed in beyond the life of a token", async () => {
  let issued = 0;
  const prepare = async (page: Page) => {
    await page.exposeFunction("issueToken", async (user: string) => {
      issued++;
      const subject = user.toLowerCase();
      return await issuer.sign({ subject, claims: { name: user }, expiresIn: TOKEN_LIFE_S });
    });
  };
  const page = await demo().open("", prepare);
  await expect.poll(() => who(page)).toEqual(["Signed out"]);
  await page.click("text=Sign in as Ann");
  await expect.poll(() => who(page)).toEqual(["Signed in as Ann"]);
  await page.click("#post");
  await expect.poll(() => texts(page, "li")).toEqual(["post 1"]);

  const issuedBefore = issued;
  await expect.poll(() => issued).toBeGreaterThan(issuedBefore + 1);
  expect(await who(page)).toEqual(["Signed in as Ann"]);
  await page.click("#post");
  await expect.poll(() => texts(page, "li")).toEqual(["post 1", "post 2"]);
  await demo().screenshot(page, "signed-in");

  await page.click("text=Sign out");
  await expect.poll(() => who(page)).toEqual(["Signed out"]);
  await page.click("text=Sign in as Bob");
  await expect.poll(() => who(page)).toEqual(["Signed in as Bob"]);
  expect(await texts(page, "li")).toEqual([]);
});
