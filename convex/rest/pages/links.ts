/** The pages that links which work once lead to. The link's token is behind its #, which no server is sent. */
import { httpAction } from "../../_generated/server";
import { inputOf, pageResponse, type Field } from "./shell";

const NAME: Field = {
  name: "name",
  label: "Your name",
  type: "text",
  autocomplete: "name",
  attributes: 'maxlength="120"',
};
const PASSWORD: Field = {
  name: "password",
  label: "Password",
  type: "password",
  autocomplete: "new-password",
  hint: "12 characters or more. Several words in a row are good.",
  attributes: 'minlength="12" maxlength="256"',
};

const SCRIPT = `
form.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    const fields = { ...Object.fromEntries(new FormData(form)), token: location.hash.slice(1) };
    await send(location.pathname, { ...fields, delivery: "cookie" });
    return form.dataset.done;
  });
});`;

type LinkPage = { title: string; intro: string; fields: Field[]; button: string; done: string };

/** A form that is sent, with the token, to the page's own path. */
function linkPage({ title, intro, fields, button, done }: LinkPage) {
  const texts = `data-done="${done}" data-not_found="This link was used, has expired, or is not whole."`;
  const body = `<p>${intro}</p>
<form ${texts}>
${fields.map(inputOf).join("\n")}
<button>${button}</button>
<p role="alert"></p>
</form>`;
  return httpAction(() => Promise.resolve(pageResponse({ title, body, script: SCRIPT })));
}

export const firstAdminPage = linkPage({
  title: "Sign up your company",
  intro: "You will be its owner, and can invite the others.",
  fields: [
    {
      name: "tenantName",
      label: "Company",
      type: "text",
      autocomplete: "organization",
      attributes: 'maxlength="120"',
    },
    {
      name: "tenantSlug",
      label: "Short name",
      type: "text",
      autocomplete: "off",
      hint: "For addresses: a-z, 0-9 and -",
      field: "slug",
      attributes: 'autocapitalize="none" spellcheck="false"',
    },
    NAME,
    { name: "email", label: "E-mail", type: "email", autocomplete: "username" },
    PASSWORD,
  ],
  button: "Sign up",
  done: "Your company is signed up, and you are signed in.",
});

export const invitationPage = linkPage({
  title: "Join your colleagues",
  intro: "You sign in with the address that the invitation is for.",
  fields: [NAME, PASSWORD],
  button: "Join",
  done: "You are a member now, and signed in.",
});

export const resetPage = linkPage({
  title: "Choose a new password",
  intro: "You will be signed out everywhere.",
  fields: [PASSWORD],
  button: "Set the password",
  done: "Your new password is set. You can sign in now.",
});
