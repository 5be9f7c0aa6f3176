/** What our own pages have in common: their looks, how they ask the server, and headers that let nothing else in. */
import { randomToken } from "../../lib/crypto";

const NONCE_BYTES = 16;

const STYLE = `
:root { color-scheme: light dark; --back: #f5f5f4; --card: #fff; --text: #1c1917; --soft: #57534e; --line: #a8a29e;
  --go: #1d4ed8; --on-go: #fff; --bad: #b91c1c; --good: #15803d }
@media (prefers-color-scheme: dark) { :root { --back: #0c0a09; --card: #1c1917; --text: #fafaf9; --soft: #a8a29e;
  --line: #78716c; --go: #93c5fd; --on-go: #0c0a09; --bad: #fca5a5; --good: #86efac } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--back);
  color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { width: min(26rem, 100%); padding: 2rem; border-radius: .75rem; background: var(--card);
  box-shadow: 0 1px 3px rgb(0 0 0 / .2) }
h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25 }
p { margin: 0 0 1rem; color: var(--soft) }
fieldset { margin: 0; padding: 0; border: 0 }
label { display: block; margin-top: 1rem; font-weight: 600 }
small { display: block; color: var(--soft) }
input { width: 100%; margin-top: .25rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .375rem;
  background: transparent; color: inherit; font: inherit }
input[aria-invalid=true] { border-color: var(--bad) }
input.code { font: 1.5rem ui-monospace, monospace; letter-spacing: .125em; text-transform: uppercase }
button { width: 100%; margin-top: 1rem; padding: .625rem; border: 1px solid var(--go); border-radius: .375rem;
  background: var(--go); color: var(--on-go); font: inherit; font-weight: 600; cursor: pointer }
button.other { background: transparent; color: var(--go) }
button:disabled { opacity: .6; cursor: progress }
:focus-visible { outline: 2px solid var(--go); outline-offset: 2px }
[role=alert] { margin: 0; color: var(--bad) }
[role=alert]:not(:empty) { margin-top: 1rem }
[role=status] { margin: 0; color: var(--good); font-weight: 600 }
[hidden] { display: none }`;

/**
 * `send` gives what the server answers, and throws its failure; `attempt` shows what goes wrong with a form, at the
 * field if it is about one, and what is done in the form's place.
 */
const SCRIPT = `
const form = document.querySelector("form"), alert = form.querySelector("[role=alert]");
const done = document.querySelector("[role=status]");
async function send(path, body, token) {
  const headers = { "Content-Type": "application/json", ...(token ? { Authorization: "Bearer " + token } : {}) };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw answer.error;
  return answer;
}
function explain({ kind, reason, retryAfterMs }) {
  if (kind === "rate_limited") return "Too many tries. Wait " + Math.ceil(retryAfterMs / 1000) + " seconds.";
  if (reason) return reason[0].toUpperCase() + reason.slice(1) + ".";
  return form.dataset[kind] ?? "That did not work. Check your connection and try again.";
}
async function attempt(work) {
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  alert.textContent = "";
  try {
    done.textContent = await work();
    form.remove();
    for (const text of document.querySelectorAll("main > p:not([role])")) text.remove();
  } catch (error) {
    const input = error.field && form.querySelector("[name=" + error.field + "], [data-field=" + error.field + "]");
    const label = input && form.querySelector("label[for=" + input.id + "]").textContent;
    alert.textContent = (label ? label + ": " : "") + explain(error);
    if (input) { input.setAttribute("aria-invalid", "true"); input.focus(); }
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}`;

/** A page of ours, whose texts are all constants: nothing that a request holds gets into it. */
export function pageResponse({
  title,
  body,
  script,
}: {
  title: string;
  /** HTML with one form, which has a place for what goes wrong. */
  body: string;
  script: string;
}): Response {
  const nonce = randomToken(NONCE_BYTES);
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${STYLE}</style>
<main>
<h1>${title}</h1>
${body}
<p role="status"></p>
<noscript><p>This page needs JavaScript.</p></noscript>
</main>
<script nonce="${nonce}">${SCRIPT}
${script}</script>
</html>`;
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "img-src data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return new Response(html, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policy.join("; "),
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-store",
    },
  });
}

export type Field = Readonly<{
  name: string;
  label: string;
  type: "text" | "email" | "password";
  /** What browsers fill in, in HTML's words. */
  autocomplete: string;
  hint?: string;
  /** What the server calls it in its complaints, where that is something else. */
  field?: string;
  /** More of the input's attributes. */
  attributes?: string;
}>;

/** A labelled input. */
export function inputOf({ name, label, type, ...field }: Field): string {
  const hint = field.hint === undefined ? "" : `<small id="${name}-hint">${field.hint}</small>\n`;
  const attributes = [
    `id="${name}" name="${name}" type="${type}" required autocomplete="${field.autocomplete}"`,
    ...(field.hint === undefined ? [] : [`aria-describedby="${name}-hint"`]),
    ...(field.field === undefined ? [] : [`data-field="${field.field}"`]),
    ...(field.attributes === undefined ? [] : [field.attributes]),
  ];
  return `<label for="${name}">${label}</label>\n${hint}<input ${attributes.join(" ")}>`;
}
