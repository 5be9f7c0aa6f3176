/** Signing in as people meet it: routes over HTTP, tokens on a real client's socket, a provider beside us. */
import { ConvexHttpClient } from "convex/browser";
import { expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import { socketClient } from "../embedded/clients/connections";
import { makeIssuer, serveJson } from "../embedded/server/issuer";
import { addProvider } from "../support/authProviders";
import { adminOf, startedFolder, startReady, type Ready } from "../support/startProcess";

const EMAIL = "ann@acme.example";
const PASSWORD = "ann's long password";

type Tokens = { accessToken: string; refreshToken: string };

async function post(
  { siteUrl, token }: Pick<Ready, "siteUrl"> & { token?: string },
  path: string,
  body: object,
): Promise<Response> {
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return await fetch(siteUrl + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...authorization },
    body: JSON.stringify(body),
  });
}

async function tokensIn(answer: Response): Promise<Tokens> {
  expect(answer.status).toBe(200);
  return (await answer.json()) as Tokens;
}

/** The owner of a new tenant, with `EMAIL` and `PASSWORD`. */
async function signUp(ready: Ready): Promise<void> {
  const token = new URL(ready.signInUrl).hash.slice(1);
  const person = { name: "Ann", email: EMAIL, password: PASSWORD };
  const tenant = { tenantName: "Acme", tenantSlug: "acme" };
  await tokensIn(await post(ready, "/auth/first-admin", { token, ...person, ...tenant }));
}

function clientOf({ apiUrl }: Ready, auth: string): ConvexHttpClient {
  return new ConvexHttpClient(apiUrl, { auth, logger: false });
}

test("a subscription goes on through a refresh of the token, and signing out ends it", async () => {
  const { ready } = await startReady({ data: await startedFolder(), flags: ["--no-demo"] });
  await signUp(ready);
  const first = await tokensIn(
    await post(ready, "/auth/sign-in", { email: EMAIL, password: PASSWORD }),
  );

  let tokens = first;
  const client = socketClient(ready);
  // The client asks for a fresh token as soon as the server has believed the first one.
  client.setAuth(async ({ forceRefreshToken }) => {
    if (!forceRefreshToken) return tokens.accessToken;
    const answer = await post(ready, "/auth/refresh", { refreshToken: tokens.refreshToken });
    if (!answer.ok) return null;
    tokens = await tokensIn(answer);
    return tokens.accessToken;
  });
  const names: string[][] = [];
  const complaints: unknown[] = [];
  client.onUpdate(
    api.queries.tenants.mine,
    {},
    (tenants) => names.push(tenants.map(({ name }) => name)),
    (error) => complaints.push((error as { data?: unknown }).data),
  );
  await expect.poll(() => names.at(-1)).toEqual(["Acme"]);
  await expect.poll(() => tokens.refreshToken).not.toBe(first.refreshToken);

  // Each token of the sign-in is good for its time; a change reaches the subscription after the refresh.
  for (const [accessToken, name] of [
    [first.accessToken, "Acme Ltd"],
    [tokens.accessToken, "Acme plc"],
  ] as const) {
    await clientOf(ready, accessToken).mutation(api.mutations.tenants.update, { name });
    await expect.poll(() => names.at(-1)).toEqual([name]);
  }
  expect(complaints).toEqual([]);

  const { refreshToken } = tokens;
  expect((await post(ready, "/auth/sign-out", { refreshToken })).status).toBe(200);
  await expect.poll(() => complaints).toMatchObject([{ kind: "unauthenticated" }]);
  expect((await post(ready, "/auth/refresh", { refreshToken })).status).toBe(401);
  const { accessToken } = tokens;
  await expect(clientOf(ready, accessToken).query(api.queries.users.me, {})).rejects.toMatchObject({
    data: { kind: "unauthenticated" },
  });

  // Whoever tries on and on from one address has to wait.
  const tries = 130;
  const statuses = new Set<number>();
  for (let n = 0; n < tries; n++) {
    statuses.add((await post(ready, "/auth/refresh", { refreshToken: "wrong" })).status);
  }
  expect([...statuses]).toEqual([401, 429]);
});

test("who a provider beside us vouches for sees a tenant once linked, and not for an equal address", async () => {
  const { ready } = await startReady({ data: await startedFolder(), flags: ["--no-demo"] });
  await signUp(ready);
  const key = await makeIssuer("unused", { algorithm: "RS256" });
  const { url: issuer } = await serveJson((url) => ({
    "/.well-known/openid-configuration": { issuer: url, jwks_uri: `${url}/jwks` },
    "/jwks": key.jwks,
  }));
  const tokenOf = async (subject: string) =>
    await key.sign({ issuer, subject, claims: { email: EMAIL, email_verified: true } });
  const tokenThere = await tokenOf("ann-there");
  const linked = clientOf(ready, tokenThere);
  const unlinked = clientOf(ready, await tokenOf("mallory"));
  const mine = api.queries.tenants.mine;

  await expect(linked.query(mine, {})).rejects.toThrow(/provider/i);
  await addProvider(ready, { domain: issuer, applicationID: "app" });
  await expect(linked.query(mine, {})).rejects.toMatchObject({ data: { kind: "unauthenticated" } });

  // By the person, who proves to be both, while a subscription of the account waits.
  const live = socketClient(ready);
  live.setAuth(() => Promise.resolve(tokenThere));
  let seen: string[] | string = [];
  live.onUpdate(
    mine,
    {},
    (tenants) => (seen = tenants.map(({ slug }) => slug)),
    (error) => (seen = (error as unknown as { data: { kind: string } }).data.kind),
  );
  await expect.poll(() => seen).toBe("unauthenticated");
  const own = await tokensIn(
    await post(ready, "/auth/sign-in", { email: EMAIL, password: PASSWORD }),
  );
  const proof = { currentPassword: PASSWORD };
  const made = await post({ ...ready, token: own.accessToken }, "/auth/identities/code", proof);
  const code = (await made.json()) as { code: string };
  const there = { ...ready, token: tokenThere };
  expect((await post(there, "/auth/identities/link", code)).status).toBe(200);
  await expect.poll(() => seen).toEqual(["acme"]);

  const asOwn = clientOf(ready, own.accessToken);
  const { identities } = await asOwn.query(api.queries.identities.list, {});
  expect(identities).toMatchObject([{ issuer, subject: "ann-there" }]);
  await asOwn.mutation(api.mutations.identities.unlink, { id: identities[0]!._id });
  await expect.poll(() => seen).toBe("unauthenticated");

  const link = { email: EMAIL, issuer, subject: "ann-there" };
  await adminOf(ready).mutation(internal.jobs.auth.identities.link, link);
  await expect.poll(() => seen).toEqual(["acme"]);
  expect(await linked.query(mine, {})).toMatchObject([{ slug: "acme", role: "owner" }]);
  for (const call of [
    unlinked.query(mine, {}),
    unlinked.query(api.queries.agents.list, {}),
    unlinked.query(api.queries.agents.list, { tenantId: ready.tenantId }),
  ]) {
    await expect(call).rejects.toMatchObject({ data: { kind: "unauthenticated" } });
  }
  // Our own issuer goes on beside it.
  expect(await asOwn.query(mine, {})).toMatchObject([{ slug: "acme" }]);
});
