/**
 * Whoever loses their access stops seeing at once: subscriptions that are open end by themselves. With the real
 * clients over sockets, signed in with tokens that the server checks.
 */
import { ConvexClient, type ConvexClientOptions } from "convex/browser";
import { ConvexReactClient } from "convex/react";
import { ConvexError } from "convex/values";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { AppErrorData } from "../../src/core/errors";
import type { Runtime } from "../../src/embedded/runtime/types";
import { startServer, type RunningServer } from "../../src/embedded/serve";
import { socketOptions } from "../embedded/clients/connections";
import { makeIssuer } from "../embedded/server/issuer";
import { DRIVERS, type Backend } from "./drivers";
import { ownProvider } from "./ownIssuer";
import { firstPage, memberOf, tenantWith, type Member } from "./setup";
import { entered, givePassword, post, tokensIn, withToken, type Tokens } from "./signIn";

const LATER = "after.the.cut";
const WATCHED = { paginationOpts: firstPage };

const elsewhere = await makeIssuer("https://issuer.test");
let t: Backend;
let server: RunningServer;
beforeAll(async () => {
  const AUTH_PROVIDERS = JSON.stringify([ownProvider, elsewhere.provider]);
  t = await DRIVERS[1].open({ AUTH_PROVIDERS });
  const { runtime } = t as unknown as { runtime: Runtime };
  server = await startServer({ runtime, adminKey: "unused", port: 0, sitePort: 0 });
});
afterAll(async () => {
  await server.close({ graceMs: 100 });
  await t.close();
});

/** An open subscription to a tenant's log, which tells of all that changes there. */
type Watch = {
  seen: () => string;
  failure: () => AppErrorData["kind"] | null;
  /** Once it resolves, the client has heard of all that was committed before. */
  caughtUp: () => Promise<unknown>;
};
type FetchToken = (options: { forceRefreshToken: boolean }) => Promise<string | null>;

function watchAs(fetchToken: FetchToken, options: ConvexClientOptions = {}): Watch {
  const client = new ConvexClient(server.apiUrl, { ...socketOptions, ...options });
  onTestFinished(() => client.close());
  client.setAuth(fetchToken);
  const seen: string[] = [];
  let failure: Error | null = null;
  client.onUpdate(
    api.queries.activity.list,
    WATCHED,
    ({ page }) => seen.push(JSON.stringify(page)),
    (error) => (failure = error),
  );
  return {
    seen: () => seen.join(),
    failure: () => (failure === null ? null : kindOf(failure)),
    caughtUp: () => client.query(api.queries.tenants.mine, {}).catch(() => null),
  };
}

function watchWith(apiKey: string): Watch {
  const client = new ConvexReactClient(server.apiUrl, socketOptions);
  onTestFinished(() => client.close());
  const watch = client.watchQuery(api.queries.activity.list, { ...WATCHED, apiKey });
  const seen: string[] = [];
  let failure: unknown = null;
  const look = () => {
    try {
      seen.push(JSON.stringify(watch.localQueryResult()));
    } catch (error) {
      failure = error;
    }
  };
  onTestFinished(watch.onUpdate(look));
  return {
    seen: () => seen.join(),
    failure: () => (failure === null ? null : kindOf(failure)),
    caughtUp: () => client.query(api.queries.tenants.mine, {}).catch(() => null),
  };
}

function kindOf(error: unknown): AppErrorData["kind"] {
  if (!(error instanceof ConvexError)) throw error;
  return (error as ConvexError<AppErrorData>).data.kind;
}

type Scene = {
  slug: string;
  email: string;
  owner: Member;
  bob: Member;
  membership: Id<"memberships">;
  /** What Bob is signed in with. */
  tokens: Tokens;
  keyId: Id<"api_keys">;
  apiKey: string;
};

let count = 0;

/** A tenant with an owner and with Bob, an admin, who makes a key. */
async function scene(): Promise<Scene> {
  const slug = `acme-${++count}`;
  const email = `bob-${count}@example.com`;
  const owner = await tenantWith(t, { subject: slug });
  const bob = await memberOf(t, { ...owner, subject: `bob-${count}`, role: "admin" });
  await givePassword(t, { userId: bob.userId, email });
  const scopes = ["activity:read" as const];
  const made = await bob.as.action(api.actions.keys.create, { name: "key", scopes });
  const people = await owner.as.query(api.queries.memberships.list, { paginationOpts: firstPage });
  const { _id: membership } = people.page.find(({ userId }) => userId === bob.userId)!;
  const tokens = await entered(t, bob.userId);
  return { slug, email, owner, bob, membership, tokens, keyId: made._id, apiKey: made.key };
}

/** Something happens in the tenant, whether anybody may still see it or not. */
async function changeIn(tenantId: Id<"tenants">): Promise<void> {
  const actor = { kind: "system" as const, id: "test" };
  const about = { entityTable: "tenants", entityId: tenantId, changes: [], requestId: "test" };
  const row = { tenantId, actor, action: LATER, ...about, createdAt: Date.now() };
  await t.run((ctx) => ctx.db.insert("activity_log", row));
}

/** Lets the key's time run out; the subscription is told of the new end, which is still to come. */
async function outlive(keyId: Id<"api_keys">): Promise<void> {
  const expiresAt = Date.now() + 1_000;
  await t.run((ctx) => ctx.db.patch("api_keys", keyId, { expiresAt }));
  await expect.poll(() => Date.now()).toBeGreaterThan(expiresAt);
}

const { memberships, erasures, keys, signIns } = api.mutations;
const { jobs } = internal;

type Ends = { person: AppErrorData["kind"] | null; key: AppErrorData["kind"] | null };
const signedOut: Ends = { person: "unauthenticated", key: null };

test.each<[string, (at: Scene) => Promise<unknown>, Ends]>([
  [
    "their membership is suspended",
    ({ owner, membership: id }) => owner.as.mutation(memberships.suspend, { id }),
    { person: "forbidden", key: "unauthenticated" },
  ],
  [
    "they are removed",
    ({ owner, membership: id }) => owner.as.mutation(memberships.remove, { id }),
    { person: "not_found", key: "unauthenticated" },
  ],
  [
    "they leave",
    ({ bob }) => bob.as.mutation(memberships.leave, { tenantId: bob.tenantId }),
    { person: "not_found", key: "unauthenticated" },
  ],
  [
    "their role is lowered",
    ({ owner, membership: id }) =>
      owner.as.mutation(memberships.changeRole, { id, role: "operator" }),
    { person: "forbidden", key: "unauthenticated" },
  ],
  [
    "operators suspend them",
    ({ email }) => t.mutation(jobs.users.suspend, { email }),
    { person: "unauthenticated", key: "forbidden" },
  ],
  [
    "the tenant is suspended",
    ({ slug }) => t.mutation(jobs.tenants.suspend, { slug }),
    { person: "conflict", key: "conflict" },
  ],
  [
    "the tenant is erased",
    ({ owner }) => owner.as.mutation(erasures.tenant, { tenantId: owner.tenantId }),
    { person: "not_found", key: "unauthenticated" },
  ],
  [
    "they erase themselves",
    ({ bob }) => bob.as.mutation(erasures.me, {}),
    { person: "unauthenticated", key: "unauthenticated" },
  ],
  ["they sign out", ({ tokens }) => post(t, "/auth/sign-out", tokens), signedOut],
  [
    "they end the sign-in from another one",
    async ({ bob }) => {
      const other = withToken(t, await entered(t, bob.userId));
      const [, first] = await other.query(api.queries.signIns.list, {});
      await other.mutation(signIns.end, { id: first!._id });
    },
    signedOut,
  ],
  [
    "an old refresh token comes back",
    async ({ tokens }) => {
      const next = await tokensIn(await post(t, "/auth/refresh", tokens));
      await tokensIn(await post(t, "/auth/refresh", next));
      expect((await post(t, "/auth/refresh", tokens)).status).toBe(401);
    },
    signedOut,
  ],
  [
    "their password is reset",
    async ({ owner, bob: { userId } }) => {
      const { createResetLink } = api.actions.passwords;
      const { token } = await owner.as.action(createResetLink, { userId });
      const password = "another long password";
      expect((await post(t, "/auth/password/reset", { token, password })).status).toBe(200);
    },
    signedOut,
  ],
  [
    "the key is revoked",
    ({ owner, keyId: id }) => owner.as.mutation(keys.revoke, { id }),
    { person: null, key: "unauthenticated" },
  ],
  [
    "the key has expired and the sweeper comes by",
    async ({ keyId }) => {
      await outlive(keyId);
      await t.mutation(jobs.keys.expire, {});
    },
    { person: null, key: "unauthenticated" },
  ],
  [
    "the key has expired and there is something to tell",
    async ({ keyId, owner }) => {
      await outlive(keyId);
      await changeIn(owner.tenantId);
    },
    { person: null, key: "unauthenticated" },
  ],
])("subscriptions end when %s", async (_when, end, ends) => {
  const [at, other] = [await scene(), await scene()];
  const { accessToken } = at.tokens;
  const person = watchAs(() => Promise.resolve(accessToken));
  const program = watchWith(at.apiKey);
  const stranger = watchAs(() => Promise.resolve(other.tokens.accessToken));
  for (const watch of [person, program, stranger]) {
    await expect.poll(watch.seen).toContain("keys.create");
  }

  await end(at);
  const watches = { person, key: program };
  for (const who of ["person", "key"] as const) {
    await expect.poll(watches[who].failure).toBe(ends[who]);
  }
  for (const { tenantId } of [at.owner, other.owner]) await changeIn(tenantId);
  await Promise.all([person, program, stranger].map((watch) => watch.caughtUp()));

  for (const who of ["person", "key"] as const) {
    expect(watches[who].seen().includes(LATER), who).toBe(ends[who] === null);
    expect(watches[who].failure()).toBe(ends[who]);
  }
  expect(stranger.failure()).toBeNull();
  expect(stranger.seen()).toContain(LATER);
});

test("a token that expires takes its subscription along, whatever the client does", async () => {
  const at = await scene();
  let fetches = 0;
  const fetchToken = async () => {
    fetches++;
    // The client asks again at once, and then when the server has told it that the token has expired.
    if (fetches > 2) return null;
    return await elsewhere.sign({ subject: `bob-${count}`, expiresIn: 1 + fetches });
  };
  const watch = watchAs(fetchToken, { authRefreshTokenLeewaySeconds: -3_600 });
  await expect.poll(watch.seen).toContain("keys.create");
  await expect.poll(() => fetches).toBe(3);
  await expect.poll(watch.failure).toBe("unauthenticated");
  await changeIn(at.owner.tenantId);
  await watch.caughtUp();
  expect(watch.seen()).not.toContain(LATER);
});
