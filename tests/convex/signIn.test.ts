/** Signing in with a password, and staying signed in, through the HTTP routes. */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { AUDIENCE, OWN_ISSUER } from "./ownIssuer";
import { everything, expectFailure, onEachDriver, sharedSetup } from "./setup";
import {
  entered,
  PASSWORD,
  personWith,
  post,
  signInAs,
  tokensIn,
  withToken,
  type Tokens,
  signInsOf,
  weakHash,
} from "./signIn";

const UNAUTHENTICATED = { kind: "unauthenticated" } as const;

onEachDriver(() => {
  const deployment = sharedSetup();

  describe("signing in", () => {
    test("gives a token of a quarter of an hour that the published keys check, and that says who one is", async () => {
      const t = deployment();
      const userId = await personWith(t, "ann@example.com");
      const tokens = await signInAs(t, " Ann@Example.com ");

      const jwks = (await (await t.fetch("/.well-known/jwks.json")).json()) as { keys: [] };
      expect(JSON.stringify(jwks)).not.toContain('"d"');
      const wanted = { issuer: OWN_ISSUER, audience: AUDIENCE };
      const { payload, protectedHeader } = await jwtVerify(
        tokens.accessToken,
        createLocalJWKSet(jwks),
        wanted,
      );
      expect(protectedHeader).toMatchObject({ alg: "ES256", typ: "JWT" });
      expect(payload).toMatchObject({ sub: userId });
      expect(payload.exp! - payload.iat!).toBe(15 * 60);
      expect(tokens.accessTokenExpiresAt).toBe(payload.exp! * 1_000);
      expect(Object.keys(payload).toSorted()).toEqual(["aud", "exp", "iat", "iss", "sid", "sub"]);
      const me = await withToken(t, tokens).query(api.queries.users.me, {});
      expect(me).toMatchObject({ _id: userId, email: "ann@example.com" });
    });

    test("answers a wrong password and an unknown address alike", async () => {
      const t = deployment();
      await personWith(t, "eve@example.com");
      const tries = [
        { email: "eve@example.com", password: "wrong password" },
        { email: "nobody@example.com", password: PASSWORD },
        { email: "no address", password: PASSWORD },
        { email: "eve@example.com", password: "x".repeat(10_000) },
      ];
      const answers = await Promise.all(
        tries.map(async (credentials) => {
          const response = await post(t, "/auth/sign-in", credentials);
          const { status } = response;
          return { status, headers: [...response.headers], body: await response.text() };
        }),
      );
      expect(answers[0]).toMatchObject({
        status: 401,
        body: JSON.stringify({ error: UNAUTHENTICATED }),
      });
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    });

    test("is limited for an account, existing or not, whatever password comes then", async () => {
      const t = deployment();
      await personWith(t, "tried@example.com");
      for (const email of ["tried@example.com", "not.there@example.com"]) {
        const wrong = Array.from({ length: 10 }, () =>
          // Longer than any password: refused without the work.
          post(t, "/auth/sign-in", { email, password: "x".repeat(300) }),
        );
        for (const { status } of await Promise.all(wrong)) expect(status).toBe(401);
        const limited = await post(t, "/auth/sign-in", { email, password: PASSWORD });
        expect(limited.status).toBe(429);
        expect(Number(limited.headers.get("Retry-After"))).toBeGreaterThan(0);
        expect(await limited.json()).toMatchObject({ error: { kind: "rate_limited" } });
      }
    });

    test("is refused to whom operators suspend, and open again once they are resumed", async () => {
      const t = deployment();
      const { suspend, resume, get } = internal.jobs.users;
      const email = "out@example.com";
      const userId = await personWith(t, email);
      const { refreshToken } = await entered(t, userId);
      const given = { email: " Out@Example.com" };
      expect(await t.query(get, given)).toMatchObject({ status: "active", email, signInCount: 1 });
      for (const _twice of [1, 2]) await t.mutation(suspend, given);
      expect(await t.query(get, given)).toMatchObject({ status: "suspended", signInCount: 0 });
      const credentials = { email, password: PASSWORD };
      expect((await post(t, "/auth/sign-in", credentials)).status).toBe(401);
      expect((await post(t, "/auth/refresh", { refreshToken })).status).toBe(401);

      for (const _twice of [1, 2]) await t.mutation(resume, given);
      expect((await post(t, "/auth/sign-in", credentials)).status).toBe(200);
      expect((await post(t, "/auth/refresh", { refreshToken })).status).toBe(401);
      const nobody = { email: "nobody@example.com" };
      const missing = { kind: "not_found", entity: "user", id: nobody.email } as const;
      await expectFailure(t.mutation(suspend, nobody), missing);
      for (const who of [{}, { userId, ...given }]) {
        const reason = "give either email or userId";
        const unclear = { kind: "invalid_argument", field: "email", reason } as const;
        await expectFailure(t.mutation(suspend, who), unclear);
      }
    });

    test("is closed for good to whom an erasure is at work on", async () => {
      const t = deployment();
      const { suspend, resume } = internal.jobs.users;
      const given = { email: "erased@example.com" };
      const userId = await personWith(t, given.email);
      await t.mutation(suspend, given);
      const erasure = { subject: "user" as const, subjectId: userId, status: "running" as const };
      const state = { table: "identities", rowCounts: {}, fileCount: 0 };
      const times = { requestedAt: 0, steppedAt: Date.now() };
      await t.run((ctx) => ctx.db.insert("erasures", { ...erasure, ...state, ...times }));
      const reason = "the person is being erased";
      const conflict = { kind: "conflict", entity: "user", reason } as const;
      await expectFailure(t.mutation(resume, given), conflict);
    });

    test("raises a hash that was made with less than is asked for now", async () => {
      const t = deployment();
      const userId = await personWith(t, "old@example.com");
      const weak = await weakHash(PASSWORD);
      const stored = () =>
        t.run((ctx) =>
          ctx.db
            .query("passwords")
            .withIndex("by_user", (q) => q.eq("userId", userId))
            .unique(),
        );
      const { _id } = (await stored())!;
      await t.run((ctx) => ctx.db.patch(_id, { hash: weak }));
      await signInAs(t, "old@example.com");
      const raised = (await stored())!.hash;
      expect(raised.iterations).toBe(600_000);
      expect(raised.salt).not.toBe(weak.salt);
      await signInAs(t, "old@example.com");
    });

    test("keeps neither password nor token where it could be read", async () => {
      const t = deployment();
      await personWith(t, "secret@example.com");
      const { refreshToken, accessToken } = await signInAs(t, "secret@example.com");
      const stored = JSON.stringify(await everything(t), (_key, value: unknown) =>
        typeof value === "bigint" ? String(value) : value,
      );
      for (const secret of [PASSWORD, accessToken, ...refreshToken.split(".")]) {
        expect(stored).not.toContain(secret);
      }
    });

    test.each<[string, object, string]>([
      ["a body without a password", { email: "a@b.c" }, "password"],
      ["a password that is no text", { email: "a@b.c", password: 1 }, "password"],
      [
        "an unknown way to be given tokens",
        { email: "a@b.c", password: "x", delivery: "post" },
        "delivery",
      ],
    ])("refuses %s", async (_what, body, field) => {
      const response = await post(deployment(), "/auth/sign-in", body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { kind: "invalid_argument", field } });
    });

    test("takes JSON that is sent as such only: what another site's form can send is no sign-in", async () => {
      const body = { email: "a@b.c", password: "x" };
      for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
        const headers = { "Content-Type": type };
        expect((await post(deployment(), { path: "/auth/sign-in", headers }, body)).status).toBe(
          400,
        );
      }
    });
  });

  describe("refreshing", () => {
    test("gives new tokens for the same sign-in, and the old refresh token is good no more", async () => {
      const t = deployment();
      const bobId = await personWith(t, "bob@example.com");
      const first = await entered(t, bobId);
      const second = await refreshed(first);
      const third = await refreshed(second);
      expect(new Set([first, second, third].map((tokens) => tokens.refreshToken)).size).toBe(3);
      expect(decodeJwt(third.accessToken)["sid"]).toBe(decodeJwt(first.accessToken)["sid"]);
      expect(decodeProtectedHeader(third.accessToken)).toEqual(
        decodeProtectedHeader(first.accessToken),
      );
    });

    test("whoever asks again at once, because the answer got lost, gets the same successor", async () => {
      const t = deployment();
      const lostId = await personWith(t, "lost@example.com");
      const first = await entered(t, lostId);
      const answers = await Promise.all([refreshed(first), refreshed(first)]);
      answers.push(await refreshed(first));
      const [successor, ...others] = answers.map(({ refreshToken }) => refreshToken);
      for (const other of others) expect(other).toBe(successor);
      await refreshed(answers[0]!);
    });

    test("an old token that comes back later ends the sign-in, for thief and owner, and its access token", async () => {
      const t = deployment();
      const userId = await personWith(t, "robbed@example.com");
      const stolen = await entered(t, userId);
      const elsewhere = await entered(t, userId);
      const owner = await refreshed(stolen);
      await later(userId, 10_001);

      expect((await post(t, "/auth/refresh", stolen)).status).toBe(401);
      expect((await post(t, "/auth/refresh", owner)).status).toBe(401);
      await expectFailure(withToken(t, owner).query(api.queries.users.me, {}), UNAUTHENTICATED);
      // Other sign-ins are not touched.
      await refreshed(elsewhere);
    });

    test("a token two turns old is a thief's even at once", async () => {
      const t = deployment();
      const twiceId = await personWith(t, "twice@example.com");
      const first = await entered(t, twiceId);
      const third = await refreshed(await refreshed(first));
      expect((await post(t, "/auth/refresh", first)).status).toBe(401);
      expect((await post(t, "/auth/refresh", third)).status).toBe(401);
    });

    test("made-up tokens are refused and end nothing", async () => {
      const t = deployment();
      const fineId = await personWith(t, "fine@example.com");
      const tokens = await entered(t, fineId);
      const [, turn] = tokens.refreshToken.split(".");
      for (const refreshToken of [
        "",
        "x",
        `${"A".repeat(43)}.${turn}`,
        `${tokens.refreshToken}.`,
      ]) {
        expect((await post(t, "/auth/refresh", { refreshToken })).status).toBe(401);
      }
      await refreshed(tokens);
    });

    test("a sign-in that was not used for 30 days has ended, and is swept", async () => {
      const t = deployment();
      const userId = await personWith(t, "gone@example.com");
      const tokens = await entered(t, userId);
      await t.run(async (ctx) => {
        for (const { _id, rotatedAt, expiresAt } of await signInsOf(ctx, userId)) {
          expect(expiresAt - rotatedAt).toBe(30 * 24 * 60 * 60 * 1_000);
          await ctx.db.patch(_id, { expiresAt: Date.now() - 1 });
        }
      });
      expect((await post(t, "/auth/refresh", tokens)).status).toBe(401);
      await t.mutation(internal.jobs.auth.signIns.sweep, {});
      expect(await t.run(async (ctx) => await signInsOf(ctx, userId))).toEqual([]);
    });

    test("from a page of another origin takes that the deployment names the origin", async () => {
      const t = deployment();
      const ask = async (method: string, origin: string) => {
        const headers = { "Content-Type": "application/json", Origin: origin };
        const body = method === "POST" ? { body: "{}" } : {};
        const response = await t.fetch("/auth/refresh", { method, headers, ...body });
        const cors = [...response.headers].filter(([name]) => /^access-control-/i.test(name));
        expect(response.headers.get("Vary")).toBe("Origin");
        return { status: response.status, cors: Object.fromEntries(cors) };
      };
      const ours = "https://app.acme.example";
      expect(await ask("OPTIONS", ours)).toEqual({ status: 204, cors: {} });
      expect(await ask("POST", ours)).toEqual({ status: 401, cors: {} });

      const named = `http://localhost:5173, ${ours},*,null`;
      await t.setVariables({ AUTH_ALLOWED_ORIGINS: named });
      const told = {
        "access-control-allow-origin": ours,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "Retry-After",
      };
      expect(await ask("POST", ours)).toEqual({ status: 401, cors: told });
      expect(await ask("OPTIONS", ours)).toEqual({
        status: 204,
        cors: {
          ...told,
          "access-control-allow-methods": "POST",
          "access-control-allow-headers": "Content-Type, Authorization",
          "access-control-max-age": "600",
        },
      });
      for (const stranger of [
        "https://evil.example",
        "http://app.acme.example",
        `${ours}.evil.example`,
        `${ours}:444`,
        "*",
        "null",
        "",
      ]) {
        expect(await ask("OPTIONS", stranger)).toEqual({ status: 204, cors: {} });
        expect(await ask("POST", stranger)).toEqual({ status: 401, cors: {} });
      }
      await t.setVariables({ AUTH_ALLOWED_ORIGINS: null });
    });

    test("in a browser goes by a cookie that no script can read, and never into the body", async () => {
      const t = deployment();
      await personWith(t, "web@example.com");
      const credentials = { email: "web@example.com", password: PASSWORD, delivery: "cookie" };
      const signedIn = await post(t, "/auth/sign-in", credentials);
      const cookie = signedIn.headers.get("Set-Cookie")!;
      expect(cookie).toMatch(/; Path=\/auth; HttpOnly; Secure; SameSite=Strict$/);
      expect(await signedIn.json()).not.toHaveProperty("refreshToken");

      const Cookie = `other=1; ${cookie.split(";")[0]}`;
      const again = await post(t, { path: "/auth/refresh", headers: { Cookie } }, {});
      expect(await again.json()).not.toHaveProperty("refreshToken");
      const next = again.headers.get("Set-Cookie")!;
      expect(next).not.toBe(cookie);

      const out = await post(
        t,
        { path: "/auth/sign-out", headers: { Cookie: next.split(";")[0]! } },
        {},
      );
      expect(out.headers.get("Set-Cookie")).toMatch(/=; Max-Age=0;/);
      const ended = await post(
        t,
        { path: "/auth/refresh", headers: { Cookie: next.split(";")[0]! } },
        {},
      );
      expect(ended.status).toBe(401);
      expect((await post(t, "/auth/refresh", {})).status).toBe(401);
    });
  });

  describe("ending sign-ins", () => {
    test("signing out ends this one, at once; doing it twice is no error", async () => {
      const t = deployment();
      const leaverId = await personWith(t, "leaver@example.com");
      const tokens = await entered(t, leaverId);
      const as = withToken(t, tokens);
      await as.query(api.queries.users.me, {});
      for (const _twice of [1, 2]) {
        expect((await post(t, "/auth/sign-out", tokens)).status).toBe(200);
      }
      expect((await post(t, "/auth/refresh", tokens)).status).toBe(401);
      await expectFailure(as.query(api.queries.users.me, {}), UNAUTHENTICATED);
    });

    test("a person sees and ends their own, and nobody else's", async () => {
      const t = deployment();
      const hereId = await personWith(t, "here@example.com");
      const thereId = await personWith(t, "there@example.com");
      const lost = await entered(t, hereId);
      const here = withToken(t, await entered(t, hereId));
      const there = withToken(t, await entered(t, thereId));

      const listed = await here.query(api.queries.signIns.list, {});
      expect(listed.map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
      const { _id: id } = listed[1]!;
      const missing = { kind: "not_found", entity: "sign-in", id } as const;
      await expectFailure(there.mutation(api.mutations.signIns.end, { id }), missing);
      await here.mutation(api.mutations.signIns.end, { id });
      expect((await post(t, "/auth/refresh", lost)).status).toBe(401);
      expect(await here.query(api.queries.signIns.list, {})).toHaveLength(1);
    });

    test("another password ends all others, and the old one is good no more", async () => {
      const t = deployment();
      const changeId = await personWith(t, "change@example.com");
      const other = await entered(t, changeId);
      const mine = await entered(t, changeId);
      const as = withToken(t, mine);
      const newPassword = "another long password";
      const change = (currentPassword: string, to: string, by = as) =>
        post(by, "/auth/password/change", { currentPassword, newPassword: to });

      expect((await change("wrong password", newPassword)).status).toBe(400);
      expect((await change(PASSWORD, "short")).status).toBe(400);
      expect((await change(PASSWORD, newPassword, t)).status).toBe(401);
      expect((await change(PASSWORD, newPassword)).status).toBe(200);
      expect((await post(t, "/auth/refresh", other)).status).toBe(401);
      await refreshed(mine);
      const old = { email: "change@example.com", password: PASSWORD };
      expect((await post(t, "/auth/sign-in", old)).status).toBe(401);
      await signInAs(t, "change@example.com", newPassword);
    });
  });

  async function refreshed({ refreshToken }: Tokens): Promise<Tokens> {
    return await tokensIn(await post(deployment(), "/auth/refresh", { refreshToken }));
  }

  /** Lets time pass for the person's sign-ins. */
  async function later(userId: Id<"users">, ms: number): Promise<void> {
    await deployment().run(async (ctx) => {
      for (const { _id, rotatedAt } of await signInsOf(ctx, userId)) {
        await ctx.db.patch(_id, { rotatedAt: rotatedAt - ms });
      }
    });
  }
});
