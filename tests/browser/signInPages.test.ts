/** Our own pages of sign-in in a real Chromium: a company signs up, and a command line is signed in from a browser. */
import { ConvexHttpClient } from "convex/browser";
import { chromium, type Browser, type Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import { adminOf, dataFolder, startReady, type Ready } from "../support/startProcess";
import { CHROMIUM } from "../support/chromium";
import { SCREENSHOTS, texts } from "./demo";

const ANN = { name: "Ann", email: "ann@acme.example", password: "ann's long password" };
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

type Device = { device_code: string; user_code: string; verification_uri_complete: string };

async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch(CHROMIUM);
  onTestFinished(() => browser.close());
  return browser;
}

/** A tab of a browser of its own, with no cookie; what goes wrong in it fails the test. */
async function openTab(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
  });
  onTestFinished(() => expect(problems).toEqual([]));
  return page;
}

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, text] of Object.entries(fields)) {
    await page.getByLabel(label, { exact: true }).fill(text);
  }
}

async function beginDevice({ siteUrl }: Ready): Promise<Device> {
  const response = await fetch(`${siteUrl}/auth/device`, { method: "POST" });
  return (await response.json()) as Device;
}

async function askAs({ siteUrl }: Ready, { device_code }: Device): Promise<Record<string, string>> {
  const body = new URLSearchParams({ grant_type: GRANT_TYPE, device_code });
  const response = await fetch(`${siteUrl}/auth/device/token`, { method: "POST", body });
  return (await response.json()) as Record<string, string>;
}

const said = (page: Page) => texts(page, "[role=status]");
const complaint = (page: Page) => texts(page, "[role=alert]");

test("a company signs up, resets a password and signs devices in, with nothing but our pages", async () => {
  const { ready } = await startReady({ data: await dataFolder(), flags: ["--no-demo"] });
  const browser = await openBrowser();
  const page = await openTab(browser);

  await page.goto(ready.signInUrl);
  const company = { Company: "Acme", "Short name": "Not One" };
  await fill(page, { ...company, "Your name": ANN.name, "E-mail": ANN.email });
  await fill(page, { Password: ANN.password });
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect.poll(() => complaint(page)).toEqual([expect.stringMatching(/^Short name: Must be/)]);
  const slug = page.getByLabel("Short name");
  expect(await slug.getAttribute("aria-invalid")).toBe("true");
  await page.screenshot({ path: `${SCREENSHOTS}/sign-up.png` });
  await slug.fill("acme");
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect.poll(() => said(page)).toEqual([expect.stringContaining("signed up")]);
  await page.reload();
  await fill(page, { ...company, "Your name": "Eve", "E-mail": "eve@acme.example" });
  await fill(page, { Password: ANN.password });
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect.poll(() => complaint(page)).toEqual([expect.stringContaining("was used")]);

  // Who signed up in this browser is known to it; the code comes with the address.
  const first = await beginDevice(ready);
  await page.goto(first.verification_uri_complete);
  await expect.poll(() => page.getByLabel("Password").isVisible()).toBe(false);
  expect(await page.getByLabel("Code").inputValue()).toBe(first.user_code);
  await page.screenshot({ path: `${SCREENSHOTS}/device.png` });
  await page.getByRole("button", { name: "Sign the device in" }).click();
  await expect.poll(() => said(page)).toEqual([expect.stringContaining("signed in")]);
  const { access_token: auth } = await askAs(ready, first);
  const client = new ConvexHttpClient(ready.apiUrl, { auth: auth!, logger: false });
  expect(await client.query(api.queries.users.me, {})).toMatchObject({ email: ANN.email });

  // Another password, by a link that an operator made; it signs the browser out.
  const made = await adminOf(ready).action(internal.jobs.auth.links.passwordReset, {
    email: ANN.email,
  });
  const { token } = made as { token: string };
  await page.goto(`${ready.siteUrl}/auth/password/reset#${token}`);
  const password = "ann's next password";
  await fill(page, { Password: password });
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect.poll(() => said(page)).toEqual([expect.stringContaining("is set")]);

  const second = await beginDevice(ready);
  await page.goto(`${ready.siteUrl}/auth/device`);
  await fill(page, { Code: "XXXX-XXXX", "E-mail": ANN.email, Password: ANN.password });
  const refuse = page.getByRole("button", { name: "Refuse it" });
  await refuse.click();
  await expect.poll(() => complaint(page)).toEqual([expect.stringContaining("check e-mail")]);
  await fill(page, { Password: password });
  await refuse.click();
  await expect.poll(() => complaint(page)).toEqual([expect.stringContaining("No device waits")]);
  await fill(page, { Code: second.user_code.toLowerCase().replace("-", " ") });
  await refuse.click();
  await expect.poll(() => said(page)).toEqual([expect.stringContaining("refused")]);
  expect(await askAs(ready, second)).toEqual({ error: "access_denied" });
});
