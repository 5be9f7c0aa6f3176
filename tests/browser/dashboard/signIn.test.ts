/** Coming in, going out, and what stands around every screen. */
import { expect, test } from "vitest";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

test("the printed link signs in, as often as it is opened; a reload stays in; signing out ends it in every tab", async () => {
  const page = await world().owner();
  expect(page.url()).toBe(world().address(""));
  await page.getByText("This is a demo").waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Home" }).waitFor();

  const second = await world().tab(page.context());
  await second.goto(world().address("agents"));
  await second.getByRole("link", { name: "Demo agent" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await second.getByRole("heading", { name: "Sign in" }).waitFor();

  await world().owner();
});

test("a link without the key makes nobody anybody, and a used token says so", async () => {
  const page = await world().stranger();
  const { dashboardUrl } = world().ready;
  const answer = await fetch(dashboardUrl.replace(/key=.*/, "key=guessed"), { redirect: "manual" });
  expect([answer.status, answer.headers.get("Location")]).toEqual([403, null]);
  const link = await fetch(dashboardUrl, { redirect: "manual" });
  const location = new URL(link.headers.get("Location") ?? "", dashboardUrl);
  const token = location.hash.slice(1);
  const siteUrl = world().ready.siteUrl;
  const body = JSON.stringify({ token });
  const headers = { "Content-Type": "application/json" };
  expect((await fetch(`${siteUrl}/auth/link`, { method: "POST", headers, body })).status).toBe(200);
  await page.goto(location.href);
  await page.getByRole("alert").getByText("was used").waitFor();
  // The browser says so itself when an answer is no success.
  expect(world().problems.splice(0)).toEqual([expect.stringContaining("404")]);
});

test("a link that is not whole, and a deployment that is away, are told", async () => {
  const page = await world().stranger();
  await page.goto(new URL("/open", world().ready.dashboardUrl).href);
  await page.getByRole("alert").getByText("not whole").waitFor();
  const owner = await world().owner();
  await owner.routeWebSocket(/\/sync$/, (line) => void line.close());
  await owner.reload();
  await owner.getByText("does not answer yet").waitFor();
});

test("whoever signs out is out, though an answer to the tab comes late", async () => {
  const page = await world().owner();
  let late = 0;
  await page.route("**/auth/refresh", async (route) => {
    const answer = await route.fetch();
    await new Promise((done) => setTimeout(done, 1_500));
    await route.fulfill({ response: answer });
    late += 1;
  });
  await page.reload();
  await page.getByRole("heading", { name: "Home" }).waitFor();
  const before = late;
  // The connection's own token is renewed as soon as it stands.
  await page.waitForRequest("**/auth/refresh", { timeout: 1_000 }).catch(() => null);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await expect.poll(() => late).toBeGreaterThan(before);
  await page.waitForTimeout(500);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.unroute("**/auth/refresh");
  await page.reload();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("the palette and the keyboard go to every screen", async () => {
  const page = await world().owner();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("screen");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Find a screen").fill("agents");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Agents", exact: true }).waitFor();
  expect(page.url()).toBe(world().address("agents"));
});

test("a wrong password is told, and where somebody may be let in", async () => {
  const page = await world().stranger();
  await page.goto(world().address(""));
  await page.getByLabel("E-mail").fill("nobody@example.com");
  await page.getByLabel("Password").fill("not a password of anybody");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("No account").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  expect(world().problems.splice(0)).toEqual([expect.stringContaining("401")]);
});

test.each(Object.values(WIDTHS))(
  "at %d px, light and dark, nothing is against WCAG",
  async (width) => {
    const page = await world().owner(width);
    for (const theme of ["Dark theme", "Light theme"]) {
      await page.getByRole("button", { name: theme }).click();
      await page.getByText("No agent is at work").waitFor();
      expect(await complaintsAbout(page)).toEqual([]);
    }
  },
);
