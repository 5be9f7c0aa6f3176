/** The page where a person approves a device that shows a code (RFC 8628, 3.3), signed in here already or not. */
import { httpAction } from "../../_generated/server";
import { inputOf, pageResponse } from "./shell";

const BODY = `<p>Go on only if you asked for this yourself, and your device shows the same code: whoever has the device
will act as you.</p>
<form data-not_found="No device waits with this code. Check it, or begin again on the device."
  data-unauthenticated="You are not signed in: check e-mail and password.">
${inputOf({
  name: "userCode",
  label: "Code",
  type: "text",
  autocomplete: "one-time-code",
  attributes: 'class="code" autocapitalize="characters" spellcheck="false" size="9" maxlength="16"',
})}
<fieldset>
${inputOf({ name: "email", label: "E-mail", type: "email", autocomplete: "username" })}
${inputOf({ name: "password", label: "Password", type: "password", autocomplete: "current-password" })}
</fieldset>
<button value="approve">Sign the device in</button>
<button value="deny" class="other">Refuse it</button>
<p role="alert"></p>
</form>`;

/**
 * Who has our cookie need not sign in. Who signs in for this is signed out when it is done: the page may be open
 * in somebody else's browser.
 */
const SCRIPT = `
const account = form.querySelector("fieldset");
const code = new URLSearchParams(location.search).get("user_code");
if (code) form.elements.userCode.value = code;
const askWho = (isAsked) => { account.hidden = account.disabled = !isAsked; };
async function signedIn(act) {
  if (account.disabled) {
    const { accessToken } = await send("/auth/refresh", {}).catch((error) => { askWho(true); throw error; });
    return await act(accessToken);
  }
  const { email, password } = Object.fromEntries(new FormData(form));
  const { accessToken, refreshToken } = await send("/auth/sign-in", { email, password });
  try {
    return await act(accessToken);
  } finally {
    await send("/auth/sign-out", { refreshToken });
  }
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const decision = event.submitter.value;
  attempt(() => signedIn(async (token) => {
    await send("/auth/device/decide", { userCode: form.elements.userCode.value, decision }, token);
    return decision === "approve" ? "Your device is signed in. You can close this page." : "The device is refused.";
  }));
});
send("/auth/refresh", {}).then(() => askWho(false), () => askWho(true));`;

export const devicePage = httpAction(() =>
  Promise.resolve(pageResponse({ title: "Sign a device in", body: BODY, script: SCRIPT })),
);
