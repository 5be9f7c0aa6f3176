/** Links that work once, and devices that are signed in from elsewhere, through routes and doors. */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Caller } from "./drivers";
import { memberOf, expectFailure, onEachDriver, sharedSetup, tenantWith } from "./setup";
import { entered, personWith, post, signInAs, tokensIn, withToken, type Tokens } from "./signIn";

const { createResetLink } = api.actions.passwords;
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";
const NO_LINK = { error: { kind: "not_found", entity: "link", id: "token" } };

onEachDriver(() => {
  const deployment = sharedSetup();

  describe("the first admin's link", () => {
    test("makes a user, their tenant and a sign-in, once", async () => {
      const t = deployment();
      const { token } = await t.action(internal.jobs.auth.links.firstAdmin, {});
      const form = {
        token,
        name: "Fay",
        email: "fay@example.com",
        password: "fay's long password",
        tenantName: "First",
        tenantSlug: "first-of-all",
      };
      const refused = await post(t, "/auth/first-admin", { ...form, tenantSlug: "Not One" });
      expect(await refused.json()).toMatchObject({ error: { field: "slug" } });

      const as = withToken(t, await tokensIn(await post(t, "/auth/first-admin", form)));
      const tenants = await as.query(api.queries.tenants.mine, {});
      expect(tenants).toMatchObject([{ slug: "first-of-all", role: "owner" }]);

      const again = { ...form, email: "other@example.com", tenantSlug: "second" };
      const used = await post(t, "/auth/first-admin", again);
      expect([used.status, await used.json()]).toEqual([404, NO_LINK]);
    });
  });

  describe("a link that signs in", () => {
    test("does so once, for whoever it was made for, and not once they are suspended", async () => {
      const t = deployment();
      const userId = await personWith(t, "linked@example.com");
      const { token } = await t.action(internal.jobs.auth.links.signIn, { userId });
      const elsewhere = { token, password: "a way in that is none" };
      expect((await post(t, "/auth/password/reset", elsewhere)).status).toBe(404);

      const answer = await post(t, "/auth/link", { token, delivery: "cookie" });
      expect(answer.headers.get("Set-Cookie")).toMatch(/^agentik_refresh=.*HttpOnly; Secure;/);
      const as = withToken(t, await tokensIn(answer));
      expect(await as.query(api.queries.users.me, {})).toMatchObject({ _id: userId });
      const used = await post(t, "/auth/link", { token });
      expect([used.status, await used.json()]).toEqual([404, NO_LINK]);

      const late = await t.action(internal.jobs.auth.links.signIn, { userId });
      await t.run(async (ctx) => await ctx.db.patch(userId, { status: "suspended" }));
      expect((await post(t, "/auth/link", { token: late.token })).status).toBe(401);
    });
  });

  test.each(["first-admin", "invitations/accept", "password/reset", "device"])(
    "the page /auth/%s runs its own script only, and holds nothing that a request brought",
    async (path) => {
      const page = await deployment().fetch(`/auth/${path}?user_code=BROUGHT&token=BROUGHT`);
      expect(page.headers.get("Content-Security-Policy")).toMatch(
        /^default-src 'none'; style-src 'nonce-[\w-]{22}'; script-src 'nonce-[\w-]{22}';/,
      );
      expect(page.headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(await page.text()).not.toContain("BROUGHT");
    },
  );

  describe("a link to a new password", () => {
    test("sets it once, and ends what the person was signed in with", async () => {
      const t = deployment();
      const userId = await personWith(t, "forgot@example.com");
      const before = await entered(t, userId);
      const email = "Forgot@example.com";
      const { token } = await t.action(internal.jobs.auth.links.passwordReset, { email });
      const password = "remembered for good";
      expect((await post(t, "/auth/password/reset", { token, password: "short" })).status).toBe(
        400,
      );
      expect((await post(t, "/auth/password/reset", { token, password })).status).toBe(200);
      expect((await post(t, "/auth/refresh", before)).status).toBe(401);
      await signInAs(t, "forgot@example.com", password);
      const used = await post(t, "/auth/password/reset", { token, password });
      expect([used.status, await used.json()]).toEqual([404, NO_LINK]);
    });

    test("that has expired is as unknown as one that never was", async () => {
      const t = deployment();
      await personWith(t, "slow@example.com");
      const email = "slow@example.com";
      const { token } = await t.action(internal.jobs.auth.links.passwordReset, { email });
      await t.run(async (ctx) => {
        const links = await ctx.db.query("one_time_links").order("desc").take(1);
        for (const { _id } of links) await ctx.db.patch(_id, { expiresAt: Date.now() - 1 });
      });
      for (const wrong of [token, "A".repeat(43)]) {
        const body = { token: wrong, password: "too late for this" };
        const answer = await post(t, "/auth/password/reset", body);
        expect([answer.status, await answer.json()]).toEqual([404, NO_LINK]);
      }
    });

    test("is made by administrators for who is in their tenant only, and not above them", async () => {
      const t = deployment();
      const owner = await tenantWith(t, { subject: "link-owner" });
      const elsewhere = await tenantWith(t, { subject: "link-elsewhere" });
      const admin = await memberOf(t, { ...owner, subject: "link-admin", role: "admin" });
      const member = await memberOf(t, { ...owner, subject: "link-member", role: "member" });
      const { token } = await admin.as.action(createResetLink, { userId: member.userId });

      const above = admin.as.action(createResetLink, { userId: owner.userId });
      await expectFailure(above, { kind: "forbidden", permission: "tenant:erase" });
      const foreign = elsewhere.as.action(createResetLink, { userId: member.userId });
      const missing = { kind: "not_found", entity: "user", id: member.userId } as const;
      await expectFailure(foreign, missing);

      // Joining another tenant makes the link open more than its maker's: it is good no more.
      await memberOf(t, { ...elsewhere, subject: "link-member", role: "viewer" });
      const body = { token, password: "for another tenant" };
      expect((await post(t, "/auth/password/reset", body)).status).toBe(404);
      await expectFailure(admin.as.action(createResetLink, { userId: member.userId }), {
        kind: "forbidden",
        permission: "members:write",
      });
    });
  });

  describe("an invitation", () => {
    test("makes its address a user and a member, once; nobody is let into an account that exists", async () => {
      const t = deployment();
      const owner = await tenantWith(t, { subject: "inviting" });
      const invite = async (email: string) =>
        await owner.as.action(api.actions.invitations.create, { email, role: "operator" });
      const accept = (token: string) =>
        post(t, "/auth/invitations/accept", { token, name: "New", password: "a new person's own" });

      const { token } = await invite("new@example.com");
      const as = withToken(t, await tokensIn(await accept(token)));
      const { tenantId } = owner;
      const mine = await as.query(api.queries.tenants.mine, {});
      expect(mine).toMatchObject([{ tenantId, role: "operator" }]);
      await signInAs(t, "new@example.com", "a new person's own");
      expect((await accept(token)).status).toBe(409);
      expect((await accept("made up")).status).toBe(404);

      await personWith(t, "known@example.com");
      const toKnown = await invite("known@example.com");
      expect((await accept(toKnown.token)).status).toBe(409);
      await signInAs(t, "known@example.com");
    });
  });

  test("an account elsewhere signs in as a user once operators have linked it, and only as one", async () => {
    const t = deployment();
    await personWith(t, "sso@example.com");
    await personWith(t, "sso2@example.com");
    const account = { issuer: "https://idp.example", subject: "42" };
    // Nobody is taken for a user because the provider says that they have the same address.
    const as = t.withIdentity({ ...account, email: "sso@example.com", emailVerified: true });
    const UNKNOWN = { kind: "unauthenticated" } as const;
    await expectFailure(as.query(api.queries.users.me, {}), UNKNOWN);

    const { link } = internal.jobs.auth.identities;
    await t.mutation(link, { ...account, email: "sso@example.com" });
    expect(await as.query(api.queries.users.me, {})).toMatchObject({ email: "sso@example.com" });
    const again = t.mutation(link, { ...account, email: "sso2@example.com" });
    await expectFailure(again, {
      kind: "conflict",
      entity: "identity",
      reason: "the account is linked already",
    });
  });

  describe("a device", () => {
    test("waits, is approved by a signed-in person, and gets tokens once", async () => {
      const t = deployment();
      const person = withToken(t, await entered(t, await personWith(t, "tv@example.com")));
      const { device_code, user_code } = await begin();
      expect(user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
      expect(await ask(device_code)).toEqual({ error: "authorization_pending" });
      expect(await ask(device_code)).toEqual({ error: "slow_down" });
      const userCode = user_code.toLowerCase();
      await expectFailure(t.mutation(api.mutations.devices.approve, { userCode }), {
        kind: "unauthenticated",
      });
      expect(await person.mutation(api.mutations.devices.approve, { userCode })).toBe(true);

      const given = (await ask(device_code)) as { access_token: string; refresh_token: string };
      const tokens = { accessToken: given.access_token, refreshToken: given.refresh_token };
      const me = await withToken(t, tokens).query(api.queries.users.me, {});
      expect(me).toMatchObject({ email: "tv@example.com" });
      expect((await post(t, "/auth/refresh", tokens satisfies Partial<Tokens>)).status).toBe(200);
      expect(await ask(device_code)).toEqual({ error: "invalid_grant" });
    });

    test("is told that it was refused, that its time is over, or that it is none", async () => {
      const t = deployment();
      const person = withToken(t, await entered(t, await personWith(t, "no@example.com")));
      const denied = await begin();
      await person.mutation(api.mutations.devices.deny, { userCode: denied.user_code });
      expect(await ask(denied.device_code)).toEqual({ error: "access_denied" });

      const late = await begin();
      await t.run(async (ctx) => {
        const grants = await ctx.db.query("device_grants").order("desc").take(1);
        for (const { _id } of grants) await ctx.db.patch(_id, { expiresAt: Date.now() - 1 });
      });
      expect(await ask(late.device_code)).toEqual({ error: "expired_token" });
      const userCode = late.user_code;
      expect(await person.mutation(api.mutations.devices.approve, { userCode })).toBe(false);
      expect(await ask("made up")).toEqual({ error: "invalid_grant" });
    });

    test("is decided about on our page by whoever is signed in", async () => {
      const t = deployment();
      const person = withToken(t, await entered(t, await personWith(t, "page@example.com")));
      const { device_code, user_code: userCode } = await begin();
      const decide = async (as: Caller, body: object) =>
        (await post(as, "/auth/device/decide", body)).status;
      expect(await decide(t, { userCode, decision: "approve" })).toBe(401);
      expect(await decide(person, { userCode, decision: "maybe" })).toBe(400);
      expect(await decide(person, { userCode: "XXXXXXXX", decision: "approve" })).toBe(404);
      expect(await ask(device_code)).toEqual({ error: "authorization_pending" });
      expect(await decide(person, { userCode, decision: "deny" })).toBe(200);
      expect(await ask(device_code)).toEqual({ error: "access_denied" });
    });
  });

  async function begin(): Promise<{ device_code: string; user_code: string }> {
    const response = await deployment().fetch("/auth/device", { method: "POST" });
    return (await response.json()) as { device_code: string; user_code: string };
  }

  async function ask(deviceCode: string): Promise<unknown> {
    const body = new URLSearchParams({
      grant_type: GRANT_TYPE,
      device_code: deviceCode,
    }).toString();
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const init = { method: "POST", headers, body };
    return await (await deployment().fetch("/auth/device/token", init)).json();
  }
});
