import { mkdtemp, readFile, rm, stat, writeFile, chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { AuthProvider } from "../../../src/embedded/deploy/types";
import { isAdminKey, loadAdminKey } from "../../../src/embedded/server/auth/adminKey";
import type { Identity } from "../../../src/embedded/engine/types";
import type { FakeFunctions } from "./fakeRuntime";
import { makeIssuer, serveJson, type TokenOptions } from "./issuer";
import type { RawClient, ServerMessage } from "./rawClient";
import { serve, type Serving } from "./serving";

const functions: FakeFunctions = {
  who: { kind: "query", run: ({ identity }) => identity },
  write: { kind: "mutation", run: ({ identity }) => identity.kind },
};

async function who({ post }: Serving, token: string) {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await post("/api/query", { path: "who", args: {} }, headers);
  const body = (await response.json()) as {
    code: string;
    message: string;
    value: Extract<Identity, { kind: "user" }>;
  };
  return { status: response.status, body };
}

describe("a customJwt provider", () => {
  test.each(["ES256", "RS256"] as const)("an %s token signs its user in", async (algorithm) => {
    const { provider, sign } = await makeIssuer("https://issuer.example", { algorithm });
    const serving = await serve(functions, { providers: [provider] });
    const expiresAtMs = (Math.floor(Date.now() / 1000) + 60) * 1000;
    const { body } = await who(serving, await sign({ expiresIn: 60 }));
    expect(body.value).toMatchObject({
      kind: "user",
      tokenIdentifier: "https://issuer.example|ann",
      attributes: {
        tokenIdentifier: "https://issuer.example|ann",
        issuer: "https://issuer.example",
        subject: "ann",
      },
    });
    expect(Math.abs(Number(body.value.expiresAtMs) - expiresAtMs)).toBeLessThanOrEqual(2_000);
  });

  test("claims keep their names, nested ones as a.b; those about the token are left out", async () => {
    const { provider, sign } = await makeIssuer();
    const serving = await serve(functions, { providers: [provider] });
    const claims = {
      name: "Ann",
      given_name: "Ann",
      email_verified: true,
      org: { id: 7, roles: ["a", "b"], deep: { x: null } },
      jti: "1",
      nbf: 1,
      fva: [1, 2],
      tokenIdentifier: "forged",
      subject: "forged",
    };
    const { body } = await who(serving, await sign({ claims }));
    expect(body.value.attributes).toEqual({
      name: "Ann",
      given_name: "Ann",
      email_verified: true,
      "org.id": 7,
      "org.roles": ["a", "b"],
      "org.deep.x": null,
      tokenIdentifier: "https://issuer.example|ann",
      issuer: "https://issuer.example",
      subject: "ann",
    });
  });

  test.each<[TokenOptions, { code: string; message: RegExp }]>([
    [{ audience: "other" }, { code: "NoAuthProvider", message: /its audience "other"/ }],
    [{ audience: null }, { code: "NoAuthProvider", message: /its audience null/ }],
    [{ issuer: "https://evil" }, { code: "NoAuthProvider", message: /"https:\/\/evil"/ }],
    [{ expiresIn: -10 }, { code: "InvalidAuthHeader", message: /"exp" claim timestamp check/ }],
    [{ expiresIn: null }, { code: "InvalidAuthHeader", message: /missing required "exp"/ }],
    [{ subject: null }, { code: "InvalidAuthHeader", message: /missing required "sub"/ }],
    [{ subject: "" }, { code: "InvalidAuthHeader", message: /no "sub"/ }],
    [{ header: { kid: undefined } }, { code: "InvalidAuthHeader", message: /no key id/ }],
    [{ header: { kid: "x" } }, { code: "InvalidAuthHeader", message: /None of the keys/ }],
    [{ header: { typ: "logout+jwt" } }, { code: "InvalidAuthHeader", message: /"logout\+jwt"/ }],
    [{ claims: { nbf: 4e9 } }, { code: "InvalidAuthHeader", message: /"nbf" claim/ }],
  ])("a token with %o is refused", async (options, { code, message }) => {
    const { provider, sign } = await makeIssuer();
    const serving = await serve(functions, { providers: [provider] });
    const { status, body } = await who(serving, await sign(options));
    expect(status).toBe(401);
    expect(body).toEqual({ code, message: expect.stringMatching(message) as string });
  });

  test("another's key with the same id is refused", async () => {
    const { provider } = await makeIssuer();
    const { sign } = await makeIssuer();
    const serving = await serve(functions, { providers: [provider] });
    const { status, body } = await who(serving, await sign());
    expect(status).toBe(401);
    expect(body.message).toContain("signature verification failed");
  });

  test("a changed payload, a swapped algorithm and no signature are refused", async () => {
    const { provider, sign } = await makeIssuer();
    const serving = await serve(functions, { providers: [provider] });
    const [header = "", payload = "", signature = ""] = (await sign()).split(".");
    const claims = JSON.parse(atob(payload)) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: "bob" })).toString("base64url");
    const head = (fields: object) =>
      Buffer.from(JSON.stringify({ alg: "ES256", kid: "key-1", ...fields })).toString("base64url");
    const tokens = [
      `${header}.${forged}.${signature}`,
      `${head({ alg: "none" })}.${payload}.`,
      `${head({ alg: "HS256" })}.${payload}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `!.${payload}.${signature}`,
    ];
    for (const token of tokens) expect((await who(serving, token)).status, token).toBe(401);
  });

  test("a key of another algorithm than the provider's is of no use", async () => {
    const { provider, sign } = await makeIssuer("https://issuer.example", { algorithm: "RS256" });
    const serving = await serve(functions, {
      providers: [{ ...provider, algorithm: "ES256" } as AuthProvider],
    });
    const { status, body } = await who(serving, await sign());
    expect(status).toBe(401);
    expect(body.message).toContain(`"alg"`);
  });

  test("protocol and trailing slash of the issuer may differ, as in Convex", async () => {
    const { provider, sign } = await makeIssuer();
    const serving = await serve(functions, { providers: [provider] });
    for (const issuer of ["issuer.example", "https://issuer.example/"]) {
      const { body } = await who(serving, await sign({ issuer }));
      expect(body.value.tokenIdentifier).toBe(`${issuer}|ann`);
    }
  });

  test("without an application any audience will do; one of several is enough", async () => {
    const open = await makeIssuer("https://open.example", { applicationID: null });
    const closed = await makeIssuer();
    const serving = await serve(functions, { providers: [closed.provider, open.provider] });
    expect((await who(serving, await open.sign({ audience: "any" }))).status).toBe(200);
    expect((await who(serving, await open.sign({ audience: null }))).status).toBe(200);
    expect((await who(serving, await closed.sign({ audience: ["x", "app"] }))).status).toBe(200);
  });

  test("keys are fetched from a URL once, and again when the providers have changed", async () => {
    const issuer = await makeIssuer();
    let jwks = issuer.jwks;
    const { url, hits } = await serveJson(() => ({ "/jwks": jwks }));
    const provider = { ...issuer.provider, jwks: `${url}/jwks` } as AuthProvider;
    const serving = await serve(functions, { providers: [provider] });
    for (let n = 0; n < 3; n++) expect((await who(serving, await issuer.sign())).status).toBe(200);
    expect(hits).toHaveLength(1);
    jwks = { keys: [] };
    serving.runtime.setProviders([provider, (await makeIssuer("https://other.example")).provider]);
    expect((await who(serving, await issuer.sign())).status).toBe(401);
  });

  test.each([
    ["no key set", "data:application/json,{}", 401],
    ["no base64 JSON", "data:application/json;base64,!!!!", 401],
    ["no URL at all", "jwks.json", 401],
    ["nobody there", "http://127.0.0.1:1/jwks", 503],
  ])("a provider with %s fails by name", async (_name, jwks, status) => {
    const issuer = await makeIssuer();
    const provider = { ...issuer.provider, jwks } as AuthProvider;
    const serving = await serve(functions, { providers: [provider] });
    const reply = await who(serving, await issuer.sign());
    expect(reply.status).toBe(status);
    expect(reply.body.message).toMatch(/JWKS|keys of/);
  });

  test("a data URL may be escaped instead of base64", async () => {
    const issuer = await makeIssuer();
    const jwks = `data:text/plain;charset=utf-8,${encodeURIComponent(JSON.stringify(issuer.jwks))}`;
    const serving = await serve(functions, {
      providers: [{ ...issuer.provider, jwks } as AuthProvider],
    });
    expect((await who(serving, await issuer.sign())).status).toBe(200);
  });
});

describe("an oidc provider", () => {
  async function oidc(documents: (url: string, jwks: unknown) => Record<string, unknown>) {
    const key = await makeIssuer("unused", { algorithm: "RS256" });
    const server = await serveJson((url) => documents(url, key.jwks));
    const provider = { type: "oidc", domain: server.url, applicationID: "app" } as const;
    const serving = await serve(functions, { providers: [provider] });
    return {
      ...server,
      serving,
      sign: (options = {}) => key.sign({ issuer: server.url, ...options }),
    };
  }
  const discovery = "/.well-known/openid-configuration";
  const working = (url: string, jwks: unknown) => ({
    [discovery]: { issuer: url, jwks_uri: `${url}/keys` },
    "/keys": jwks,
  });

  test("is discovered once; standard claims get Convex's names", async () => {
    const { url, hits, serving, sign } = await oidc(working);
    const claims = {
      name: "Ann B",
      given_name: "Ann",
      family_name: "B",
      nickname: "a",
      preferred_username: "annb",
      profile: "https://p",
      picture: "https://i",
      website: "https://w",
      email: "a@b",
      email_verified: true,
      gender: "f",
      birthdate: "2000-01-01",
      zoneinfo: "Europe/Berlin",
      locale: "de",
      phone_number: "+1",
      phone_number_verified: false,
      address: { formatted: "Street 1" },
      updated_at: 0,
      org: { id: 7 },
      nonce: "n",
      auth_time: 1,
      fva: 1,
    };
    const { body } = await who(serving, await sign({ claims }));
    expect(body.value.attributes).toEqual({
      tokenIdentifier: `${url}|ann`,
      issuer: url,
      subject: "ann",
      name: "Ann B",
      givenName: "Ann",
      familyName: "B",
      nickname: "a",
      preferredUsername: "annb",
      profileUrl: "https://p",
      pictureUrl: "https://i",
      websiteUrl: "https://w",
      email: "a@b",
      emailVerified: true,
      gender: "f",
      birthday: "2000-01-01",
      timezone: "Europe/Berlin",
      language: "de",
      phoneNumber: "+1",
      phoneNumberVerified: false,
      address: "Street 1",
      updatedAt: "1970-01-01T00:00:00.000Z",
      org: { id: 7 },
    });
    await who(serving, await sign());
    expect(hits).toEqual([discovery, "/keys"]);
  });

  test.each<[string, (url: string) => Record<string, unknown>, RegExp]>([
    ["no discovery document", () => ({}), /it answered 404/],
    ["another issuer", () => ({ [discovery]: { issuer: "x" } }), /it calls itself "x"/],
    ["no keys", (url) => ({ [discovery]: { issuer: url } }), /"jwks_uri" is no URL/],
    [
      "keys that cannot be had",
      (url) => ({ [discovery]: { issuer: url, jwks_uri: `${url}/keys` }, "/keys": 500 }),
      /keys of .* cannot be fetched/,
    ],
  ])(
    "with %s is unavailable, and asked again by the next token",
    async (_name, documents, message) => {
      let broken = true;
      const { serving, sign } = await oidc((url, jwks) =>
        broken ? documents(url) : working(url, jwks),
      );
      const { status, body } = await who(serving, await sign());
      expect(status).toBe(503);
      expect(body.message).toMatch(message);
      broken = false;
      serving.runtime.setProviders(serving.runtime.providers); // lets go of cached keys
      expect((await who(serving, await sign())).status).toBe(200);
    },
  );

  test("a socket whose provider is unavailable is closed to be tried again, not signed out", async () => {
    const { serving, sign } = await oidc(() => ({}));
    const client = await serving.connect();
    client.send({ type: "Authenticate", tokenType: "User", value: await sign(), baseVersion: 0 });
    expect(await client.closed).toEqual({ code: 1013, reason: "AuthProviderUnavailable" });
    expect(client.messages).toEqual([]);
  });
});

describe("on a socket", () => {
  function authenticate(client: RawClient, value: string, baseVersion = 0): void {
    client.send({ type: "Authenticate", tokenType: "User", value, baseVersion });
  }
  const identityOf = (message: ServerMessage) => message.modifications[0]!.value as Identity;

  test("a token signs in, queries run again, a fresh token replaces it", async () => {
    const { provider, sign } = await makeIssuer();
    const { connect } = await serve(functions, { providers: [provider] });
    const client = await connect();
    authenticate(client, await sign());
    client.add(0, "who");
    const first = await client.next();
    expect(first.endVersion).toMatchObject({ querySet: 1, identity: 1 });
    expect(identityOf(first)).toMatchObject({ tokenIdentifier: "https://issuer.example|ann" });
    authenticate(client, await sign({ subject: "bob" }), 1);
    const second = await client.next();
    expect(second.endVersion).toMatchObject({ querySet: 1, identity: 2 });
    expect(identityOf(second)).toMatchObject({ tokenIdentifier: "https://issuer.example|bob" });
  });

  test("messages sent while a token is checked wait for it", async () => {
    const issuer = await makeIssuer();
    const { url } = await serveJson(() => ({ "/jwks": issuer.jwks }));
    const provider = { ...issuer.provider, jwks: `${url}/jwks` } as AuthProvider;
    const { connect } = await serve(functions, { providers: [provider] });
    const client = await connect();
    authenticate(client, await issuer.sign());
    client.mutate(0, "write");
    client.add(0, "who");
    const messages = await client.settle(200);
    expect(messages.find(({ type }) => type === "MutationResponse")!.result).toBe("user");
    const values = messages.flatMap((message) => message.modifications ?? []);
    expect(values).toMatchObject([{ value: { kind: "user" } }]);
  });

  test("a refused token is an AuthError of the attempt; the version stays", async () => {
    const { provider, sign } = await makeIssuer();
    const { connect } = await serve(functions, { providers: [provider] });
    const client = await connect();
    authenticate(client, await sign());
    authenticate(client, await sign({ expiresIn: -60 }), 1);
    const messages = await client.settle(100);
    expect(messages.at(-1)).toEqual({
      type: "AuthError",
      error: expect.stringContaining("exp") as string,
      baseVersion: 1,
      authUpdateAttempted: true,
    });
    expect(await client.closed).toMatchObject({ code: 1005 });
  });

  test("a token that expires ends the connection with an AuthError that is no attempt's", async () => {
    const { provider, sign } = await makeIssuer();
    const { runtime, connect } = await serve(functions, { providers: [provider] });
    const client = await connect();
    authenticate(client, await sign({ expiresIn: 1 }));
    client.add(0, "who");
    await client.next();
    expect(await client.next(4_000)).toEqual({
      type: "AuthError",
      error: "Convex token identity expired",
      baseVersion: 1,
      authUpdateAttempted: false,
    });
    await client.closed;
    expect(runtime.openWatches).toBe(0);
  });

  test.each<[string, (client: RawClient, serving: Serving) => void]>([
    ["a mutation", (client) => client.mutate(0, "write")],
    ["an action", (client) => client.act(0, "write")],
    ["a query", (client) => client.add(1, "who", { version: 1 })],
    ["a change", (_client, { runtime }) => runtime.commit(() => {})],
  ])("with an expired token %s comes to nothing", async (what, attempt) => {
    const { provider, sign } = await makeIssuer();
    const serving = await serve(functions, { providers: [provider] });
    const client = await serving.connect();
    authenticate(client, await sign({ expiresIn: 60 }));
    client.add(0, "who");
    await client.next();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    onTestFinished(() => void vi.useRealTimers());
    const { length } = serving.runtime.requests;
    serving.runtime.functions = { who: { kind: "query", run: () => "changed" } };
    attempt(client, serving);
    expect((await client.next()).type).toBe("AuthError");
    await client.closed;
    // The runtime runs a watched query before the server gets to ask whose it is.
    if (what !== "a change") expect(serving.runtime.requests).toHaveLength(length);
  });

  test("a provider that is removed signs its users out; one that stays does not", async () => {
    const leaving = await makeIssuer("https://leaving.example");
    const staying = await makeIssuer("https://staying.example");
    const providers = [leaving.provider, staying.provider];
    const { runtime, connect } = await serve(functions, { providers });
    const gone = await connect();
    authenticate(gone, await leaving.sign());
    const kept = await connect();
    authenticate(kept, await staying.sign());
    await Promise.all([gone.next(), kept.next()]);
    runtime.setProviders([staying.provider]);
    expect(await gone.next()).toMatchObject({ type: "AuthError", authUpdateAttempted: false });
    expect(await kept.settle(50)).toEqual([]);
  });
});

describe("the admin key", () => {
  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "admin-key-"));
    onTestFinished(() => rm(path, { recursive: true }));
    return path;
  }

  test("is made once for a folder, for its owner's eyes only", async () => {
    const path = await folder();
    const key = loadAdminKey(path, "local");
    expect(key).toMatch(/^local\|[0-9a-f]{64}$/);
    expect(loadAdminKey(path, "local")).toBe(key);
    expect(loadAdminKey(path, "renamed")).toBe(key);
    expect((await stat(join(path, "admin_key"))).mode & 0o777).toBe(0o600);
    await chmod(join(path, "admin_key"), 0o644);
    loadAdminKey(path, "local");
    expect((await stat(join(path, "admin_key"))).mode & 0o777).toBe(0o600);
    expect(loadAdminKey(await folder(), "local")).not.toBe(key);
  });

  test("a file with something else in it is named, not shown", async () => {
    const path = await folder();
    await writeFile(join(path, "admin_key"), "hunter2");
    let error: unknown = null;
    try {
      loadAdminKey(path, "local");
    } catch (thrown) {
      error = thrown;
    }
    expect(String(error)).toContain(join(path, "admin_key"));
    expect(String(error)).not.toContain("hunter2");
    expect(await readFile(join(path, "admin_key"), "utf8")).toBe("hunter2");
  });

  test.each([
    ["local|ab", true],
    ["prod:local|ab", true],
    ["local|aB", false],
    ["local|a", false],
    ["local|abc", false],
    ["", false],
    ["local", false],
  ])("%o is it: %o", (given, expected) => {
    expect(isAdminKey(given, "local|ab")).toBe(expected);
  });
});
