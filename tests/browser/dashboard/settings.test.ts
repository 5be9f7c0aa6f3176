/** What holds for the company and for oneself; how programs come in; and what is not everybody's to change. */
import OpenAI from "openai";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { api } from "../../../convex/_generated/api";
import { makeIssuer } from "../../embedded/server/issuer";
import { addProvider } from "../../support/authProviders";
import { userOf } from "../../support/startProcess";
import { personWith } from "./people";
import { complaintsAbout, PASSWORD, useWorld, WIDTHS } from "./world";

const world = useWorld();

test("the company gets another name and address, and links go on from there", async () => {
  const page = await world().owner();
  await page.goto(world().address("settings"));
  await page.getByLabel("Name", { exact: true }).waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByLabel("Time zone").selectOption("Europe/Berlin");
  await page.getByLabel("Address").fill("not a slug");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByRole("alert").getByText("Slug").waitFor();
  expect(world().problems.splice(0)).toEqual([expect.stringContaining("invalid_argument")]);
  await page.getByLabel("Address").fill("renamed");
  await page.getByLabel("Name", { exact: true }).fill("Renamed Ltd");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByRole("button", { name: "Company: Renamed Ltd" }).waitFor();
  await page.waitForURL(/\/renamed\/settings/);
  expect(await page.getByLabel("Time zone").inputValue()).toBe("Europe/Berlin");

  await page.getByLabel("Address").fill("demo");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.waitForURL(/\/demo\/settings/);
});

test("one is signed out everywhere else, and has a name and a theme of one's own", async () => {
  const page = await world().owner(WIDTHS.phone);
  const other = await world().owner();
  await page.goto(world().address("settings"));
  await page.getByLabel("Your name").fill("Ada");
  const save = page.getByRole("button", { name: "Save" }).nth(1);
  await save.click();
  await page.getByText("Saved").first().waitFor();
  await expect.poll(() => save.isDisabled()).toBe(true);
  await page.getByRole("checkbox", { name: "Dark theme" }).check();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await other.getByLabel("Password").waitFor();
  await page.getByText("this one", { exact: true }).waitFor();
  expect(await page.getByRole("button", { name: "Sign out everywhere else" }).count()).toBe(0);
  // The other browser's open questions were refused, as they should be.
  world().refusedAs(/401|unauthenticated/);
});

test("erasing asks for a word, and everything goes along as a file before", async () => {
  const page = await world().owner();
  await page.goto(world().address("settings"));
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export everything" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("demo.ndjson");
  await page.getByRole("button", { name: "Erase the company" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Erase it" }).click();
  await dialog.getByRole("alert").getByText("to go on").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("the page for programs says what works: its addresses and its model answer", async () => {
  const page = await world().owner();
  await page.goto(world().address("docs"));
  const snippet = page.getByLabel("OpenAI's client in TypeScript").last();
  const code = (await snippet.textContent()) ?? "";
  const baseURL = /baseURL: "(.*)"/.exec(code)?.[1] ?? "";
  const model = /model: "(.*)"/.exec(code)?.[1] ?? "";
  const openai = new OpenAI({ baseURL, apiKey: world().ready.apiKey });
  world().simulator.control.reply({ text: "As told." });
  const messages = [{ role: "user" as const, content: "Does it work?" }];
  const reply = await openai.chat.completions.create({ model, messages });
  expect(reply.choices[0]?.message.content).toBe("As told.");
  expect(await complaintsAbout(page)).toEqual([]);

  const href = await page.getByRole("link", { name: "Every route" }).getAttribute("href");
  const document = await page.getByRole("link", { name: "openapi.json" }).getAttribute("href");
  for (const address of [href, document]) expect((await fetch(address ?? "")).status).toBe(200);
});

test("a member has settings of their own, and the company's to look at", async () => {
  const member = await personWith(world(), "member");
  await member.goto(world().address("settings"));
  await member.getByLabel("Your name").waitFor();
  await member.getByText("Where you are signed in").waitFor();
  for (const name of ["Erase the company", "Export everything"]) {
    expect(await member.getByRole("button", { name }).count()).toBe(0);
  }
  expect(await member.getByLabel("E-mail for bills").count()).toBe(0);
  await member.goto(world().address("sessions"));
  await member.getByRole("button", { name: "Close" }).first().waitFor();
  expect(await member.getByRole("button", { name: "Delete" }).count()).toBe(0);
});

test("a password is changed by whoever knows the present one", async () => {
  const { ready } = world();
  const invited = { email: "wanda@example.com", role: "viewer" as const };
  const { token } = await userOf(ready).action(api.actions.invitations.create, invited);
  const page = await world().stranger();
  await page.goto(`${ready.siteUrl}/auth/invitations/accept#${token}`);
  await page.getByLabel("Your name").fill("Wanda");
  await page.getByLabel("Password").fill("wanda's first password");
  await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith("/accept") && answer.ok()),
    page.getByRole("button").first().click(),
  ]);
  const signIn = async (password: string) => {
    await page.goto(world().address(""));
    await page.getByLabel("E-mail").fill(invited.email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Home" }).waitFor();
  };
  await signIn("wanda's first password");
  await page.goto(world().address("settings"));
  await page.getByLabel("Present password").fill("a guess of somebody's");
  await page.getByLabel("New password").fill("wanda's other password");
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByRole("alert").getByText("That is not the present password").waitFor();
  expect(world().problems.splice(0)).toEqual([expect.stringContaining("400")]);
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByLabel("Present password").fill("wanda's first password");
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByText("The password is changed").waitFor();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await signIn("wanda's other password");
});

test("an account at another provider is linked by a code, shown, and unlinked; the last way in stays", async () => {
  const { page } = await world().person("viewer");
  await page.goto(world().address("settings"));
  await page.getByText("Your password is one. No account at another provider is linked.").waitFor();
  const link = page.getByRole("button", { name: "Link another account" });
  expect(await link.count()).toBe(0);

  const issuer = "https://people.example";
  const there = await makeIssuer(issuer);
  await addProvider(world().ready, there.provider);
  const redeem = async (by: Page, subject: string) => {
    const code = await by.getByRole("group", { name: "The code", exact: true }).textContent();
    const answer = await fetch(`${world().ready.siteUrl}/auth/identities/link`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${await there.sign({ subject })}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ code }),
    });
    expect(answer.status).toBe(200);
    await by.getByRole("button", { name: "I have it" }).click();
    await by.getByRole("table", { name: "Linked accounts" }).getByText(subject).waitFor();
  };

  await page.reload();
  await link.click();
  await page.getByLabel("Your password").fill("a guess of somebody's");
  await page.getByRole("button", { name: "Make a code" }).click();
  await page.getByRole("alert").getByText("That is not the password.").waitFor();
  expect(world().problems.splice(0)).toEqual([expect.stringContaining("400")]);
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Make a code" }).click();
  await page.getByText("It is shown this once").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await redeem(page, "somebody there");
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByRole("button", { name: "Unlink" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unlink" }).click();
  await page.getByText("No account at another provider is linked.").waitFor();

  // The demo's owner comes by links that are printed, which are no way of their own.
  const owner = await world().owner(WIDTHS.phone);
  await owner.goto(world().address("settings"));
  await owner.getByText("You have no password here.").waitFor();
  await owner.getByRole("button", { name: "Link another account" }).click();
  await owner.getByRole("button", { name: "Make a code" }).click();
  await redeem(owner, "the owner there");
  expect(await complaintsAbout(owner)).toEqual([]);
  await owner.getByRole("button", { name: "Unlink" }).click();
  await owner.getByRole("dialog").getByRole("button", { name: "Unlink" }).click();
  await owner.getByText("is the last way to sign in; link another one first").waitFor();
  expect(world().problems.splice(0)).toEqual([expect.stringContaining("conflict")]);
  await owner.getByText("the owner there").waitFor();
});
