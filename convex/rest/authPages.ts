/** The one page that a link on a terminal leads to. The token is behind the #, which no server is sent. */
import { httpAction } from "../_generated/server";
import { randomToken } from "../lib/crypto";

const FIELDS: readonly [name: string, label: string, type: string][] = [
  ["tenantName", "Company", "text"],
  ["tenantSlug", "Short name (a-z, 0-9, -)", "text"],
  ["name", "Your name", "text"],
  ["email", "E-mail", "email"],
  ["password", "Password (12 characters or more)", "password"],
];

const SCRIPT = `
const form = document.querySelector("form"), said = document.querySelector("output");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = { ...Object.fromEntries(new FormData(form)), token: location.hash.slice(1), delivery: "cookie" };
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("/auth/first-admin", { method: "POST", headers, body: JSON.stringify(fields) });
  const { error } = await response.json();
  said.textContent = response.ok
    ? "Done: the tenant is there, and you are its owner."
    : error.kind === "not_found" ? "This link was used or has expired." : (error.field ?? "") + " " + (error.reason ?? error.kind);
  if (response.ok) form.remove();
});`;

export const firstAdminPage = httpAction(() => {
  const nonce = randomToken(16);
  const inputs = FIELDS.map(
    ([name, label, type]) =>
      `<p><label>${label}<br><input name="${name}" type="${type}" required></label></p>`,
  ).join("\n");
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign up</title>
<style nonce="${nonce}">body{font:16px system-ui;max-width:24em;margin:3em auto;padding:0 1em}input{width:100%;font:inherit}</style>
<h1>Sign up your company</h1>
<form>
${inputs}
<p><button>Sign up</button></p>
</form>
<output></output>
<script nonce="${nonce}">${SCRIPT}</script>
</html>`;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": policy,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
  };
  return Promise.resolve(new Response(html, { headers }));
});
