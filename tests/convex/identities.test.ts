/** Accounts at other providers: linked by whoever proves to be both, and taken away again. */
import { expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Caller } from "./drivers";
import { ownProvider } from "./ownIssuer";
import { expectFailure, onEachDriver, sharedSetup } from "./setup";
import { entered, PASSWORD, personWith, post, signInAs, withToken } from "./signIn";

const IDP = "https://idp.example";
const NO_CODE = { error: { kind: "not_found", entity: "link", id: "token" } };
const LAST_WAY = {
  kind: "conflict",
  entity: "identity",
  reason: "is the last way to sign in; link another one first",
} as const;
const { list } = api.queries.identities;
const { unlink } = api.mutations.identities;

onEachDriver(() => {
  const trusted = { domain: "idp.example/", applicationID: "app" };
  const deployment = sharedSetup({ AUTH_PROVIDERS: JSON.stringify([ownProvider, trusted]) });

  let count = 0;

  /** Somebody with a password, and an account elsewhere that is nobody's yet. */
  async function twoSidesOf(email: string) {
    const t = deployment();
    const userId = await personWith(t, email);
    const person = withToken(t, await entered(t, userId));
    return { t, userId, person, account: accountAt(IDP) };
  }

  function accountAt(issuer: string): Caller {
    const subject = `account ${++count}`;
    const claims = { email: "ann@example.com", emailVerified: true };
    return deployment().withIdentity({ issuer, subject, ...claims }) as Caller;
  }

  const askCode = async (as: Caller, currentPassword?: string) =>
    await post(as, "/auth/identities/code", { currentPassword });
  const redeem = async (as: Caller, code: string) =>
    await post(as, "/auth/identities/link", { code });
  const codeOf = async (as: Caller): Promise<string> => {
    const answer = await askCode(as, PASSWORD);
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { code: string }).code;
  };
  const emailOf = async (as: Caller) => (await as.query(api.queries.users.me, {})).email;
  /** A person who has nothing but these accounts. */
  async function withoutPassword(accounts: readonly { issuer: string; subject: string }[]) {
    return await deployment().run(async (ctx) => {
      const times = { createdAt: 0, updatedAt: 0 };
      const userId = await ctx.db.insert("users", { name: "Sam", status: "active", ...times });
      const ids: Id<"identities">[] = [];
      for (const { issuer, subject } of accounts) {
        const tokenIdentifier = `${issuer}|${subject}`;
        const row = { tokenIdentifier, issuer, subject, userId, createdAt: 0 };
        ids.push(await ctx.db.insert("identities", row));
      }
      return ids;
    });
  }

  test("an account is linked with a code that only the person is given, once", async () => {
    const { t, userId, person, account } = await twoSidesOf("ann@example.com");
    await expectFailure(account.query(api.queries.users.me, {}), { kind: "unauthenticated" });
    for (const [as, password, status] of [
      [person, undefined, 400],
      [person, "wrong password", 400],
      [account, PASSWORD, 401],
      [t, PASSWORD, 401],
    ] as const) {
      expect((await askCode(as, password)).status).toBe(status);
    }
    const code = await codeOf(person);
    expect((await redeem(t, code)).status).toBe(401);
    expect((await redeem(account, code)).status).toBe(200);
    expect(await emailOf(account)).toBe("ann@example.com");

    const again = await redeem(accountAt(IDP), code);
    expect([again.status, await again.json()]).toEqual([404, NO_CODE]);
    const seen = {
      hasPassword: true,
      canLink: true,
      identities: [{ issuer: IDP, isCurrent: false }],
    };
    expect(await person.query(list, {})).toMatchObject(seen);
    expect(await account.query(list, {})).toMatchObject({ identities: [{ isCurrent: true }] });
    const stored = await t.run((ctx) =>
      ctx.db
        .query("one_time_links")
        .withIndex("by_user", (q) => q.eq("userId", userId))
        .collect(),
    );
    expect(stored).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(code);
  });

  test("an account that is somebody's already stays theirs, and the code is good for another one", async () => {
    const { person, account } = await twoSidesOf("first@example.com");
    const { person: other } = await twoSidesOf("second@example.com");
    await redeem(account, await codeOf(person));
    const code = await codeOf(other);
    for (const taken of [account, person, other])
      expect((await redeem(taken, code)).status).toBe(409);
    expect(await emailOf(account)).toBe("first@example.com");
    expect((await redeem(accountAt(IDP), code)).status).toBe(200);
  });

  test("a code is of no use after its time, to a suspended person, or when it is one for something else", async () => {
    const { t, userId, person, account } = await twoSidesOf("late@example.com");
    const expired = await codeOf(person);
    await t.run(async (ctx) => {
      for await (const { _id, createdAt, expiresAt } of ctx.db
        .query("one_time_links")
        .withIndex("by_user", (q) => q.eq("userId", userId))) {
        expect(expiresAt - createdAt).toBe(10 * 60 * 1_000);
        await ctx.db.patch(_id, { expiresAt: Date.now() - 1 });
      }
    });
    const suspended = await codeOf(person);
    await t.run((ctx) => ctx.db.patch(userId, { status: "suspended" }));
    expect((await askCode(person, PASSWORD)).status).toBe(401);
    const { passwordReset } = internal.jobs.auth.links;
    const { token } = await t.action(passwordReset, { email: "late@example.com" });
    for (const code of [expired, suspended, token, "made up"]) {
      const answer = await redeem(account, code);
      expect([answer.status, await answer.json()]).toEqual([404, NO_CODE]);
    }
    await t.run((ctx) => ctx.db.patch(userId, { status: "active" }));
    const asReset = { token: suspended, password: "another long password" };
    expect((await post(t, "/auth/password/reset", asReset)).status).toBe(404);
    expect((await redeem(account, suspended)).status).toBe(200);
  });

  test("a new password takes away what a thief may have asked for before", async () => {
    const { t, person, account } = await twoSidesOf("robbed@example.com");
    const { passwordReset } = internal.jobs.auth.links;
    const link = async () => await t.action(passwordReset, { email: "robbed@example.com" });
    const [code, first, second] = [await codeOf(person), await link(), await link()];
    const password = "another long password";
    const reset = async (token: string) =>
      (await post(t, "/auth/password/reset", { token, password })).status;
    expect(await reset(second.token)).toBe(200);
    expect(await reset(first.token)).toBe(404);
    expect((await redeem(account, code)).status).toBe(404);
    await signInAs(t, "robbed@example.com", password);
  });

  test("guessing the password by asking for codes is limited like signing in", async () => {
    const { person } = await twoSidesOf("guessed@example.com");
    const wrong = Array.from({ length: 10 }, () =>
      // Longer than any password: refused without the work.
      askCode(person, "x".repeat(300)),
    );
    for (const { status } of await Promise.all(wrong)) expect(status).toBe(400);
    expect((await askCode(person, PASSWORD)).status).toBe(429);
  });

  test("unlinked, an account is a stranger's; only its person unlinks it", async () => {
    const { t, userId, person, account } = await twoSidesOf("leaver@example.com");
    const { person: other } = await twoSidesOf("mallory@example.com");
    await redeem(account, await codeOf(person));
    const { identities } = await person.query(list, {});
    const { _id: id } = identities[0]!;
    const missing = { kind: "not_found", entity: "identity", id } as const;
    await expectFailure(other.mutation(unlink, { id }), missing);
    await account.mutation(unlink, { id });
    await expectFailure(account.query(api.queries.users.me, {}), { kind: "unauthenticated" });
    await expectFailure(person.mutation(unlink, { id }), missing);

    // What our own issuer calls them is no account that could be taken away.
    const own = await t.run((ctx) =>
      ctx.db
        .query("identities")
        .withIndex("by_user", (q) => q.eq("userId", userId))
        .unique(),
    );
    const ofOwn = { ...missing, id: own!._id };
    await expectFailure(person.mutation(unlink, { id: own!._id }), ofOwn);
  });

  test("the last way in stays: a provider that the deployment believes no more is none", async () => {
    const gone = { issuer: "https://gone.example", subject: "sam" };
    const here = { issuer: IDP, subject: `sam ${++count}` };
    const also = { issuer: IDP, subject: `sam ${++count}` };
    const as = deployment().withIdentity(here) as Caller;
    const [hereId] = await withoutPassword([here, gone]);
    expect(await as.query(list, {})).toMatchObject({ hasPassword: false });
    await expectFailure(as.mutation(unlink, { id: hereId! }), LAST_WAY);

    // Who has no password has none to give: the account vouches for them.
    const code = ((await (await askCode(as)).json()) as { code: string }).code;
    await redeem(deployment().withIdentity(also) as Caller, code);
    await as.mutation(unlink, { id: hereId! });
    const left = await (deployment().withIdentity(also) as Caller).query(list, {});
    expect(left.identities.map(({ issuer }) => issuer)).toEqual([gone.issuer, IDP]);
  });

  test("a person has at most twenty accounts", async () => {
    const accounts = Array.from({ length: 20 }, () => ({
      issuer: IDP,
      subject: `many ${++count}`,
    }));
    await withoutPassword(accounts);
    const as = deployment().withIdentity(accounts[0]!) as Caller;
    const { code } = (await (await askCode(as)).json()) as { code: string };
    const full = await redeem(accountAt(IDP), code);
    const error = { kind: "limit_reached", what: "accounts of a person", limit: 20 };
    expect(await full.json()).toEqual({ error });
  });
});
