/** The keys of providers over time: how long they are kept, when they are asked for again, what is refused. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { AuthProvider } from "../../../src/embedded/deploy/types";
import { FetchedJson, keptMsOf } from "../../../src/embedded/server/auth/fetchedJson";
import { KeySets } from "../../../src/embedded/server/auth/keySets";
import { verifyToken } from "../../../src/embedded/server/auth/tokens";
import { makeIssuer, type TokenOptions } from "./issuer";

const DISCOVERY = "/.well-known/openid-configuration";

type Answer = { body?: string; headers?: Record<string, string>; status?: number };

/** A server whose answers the test decides on, path by path. */
async function serve() {
  const answers = new Map<string, Answer>();
  const hits: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    hits.push(request.url ?? "");
    const {
      status = 200,
      body = "{}",
      headers,
    } = answers.get(request.url ?? "") ?? { status: 404 };
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers, hits };
}

/** A customJwt provider whose keys are at a URL, and a way to sign in with some key. */
async function served(headers: Record<string, string> = {}) {
  const server = await serve();
  const keySets = new KeySets();
  const issuer = "https://issuer.example";
  const keys = {
    old: await makeIssuer(issuer, { kid: "old" }),
    new: await makeIssuer(issuer, { kid: "new" }),
  };
  const provider = { ...keys.old.provider, jwks: `${server.url}/jwks` } as AuthProvider;
  const publish = (...names: ("old" | "new")[]) => {
    const body = JSON.stringify({ keys: names.flatMap((name) => keys[name].jwks.keys) });
    server.answers.set("/jwks", { body, headers });
  };
  const signIn = async (name: "old" | "new", options: TokenOptions = {}) => {
    const token = await keys[name].sign(options);
    return await verifyToken(token, { providers: [provider], keySets }).then(
      () => "in",
      (error: Error) => error.message,
    );
  };
  return { ...server, publish, signIn };
}

/** Moves the clock, not the timers. */
function later(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  return () => void vi.useRealTimers();
});

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe("rotation", () => {
  test("a new key works at once: an unknown one makes the keys be asked for again", async () => {
    const { publish, signIn, hits } = await served();
    publish("old");
    expect(await signIn("old")).toBe("in");
    publish("old", "new");
    expect(await signIn("new")).toBe("in");
    expect(await signIn("old")).toBe("in");
    expect(hits).toHaveLength(2);
  });

  test("keys that nobody has are looked for once in half a minute, however many tokens name them", async () => {
    const { publish, signIn, hits } = await served();
    publish("old");
    await signIn("old");
    const refusals = await Promise.all(Array.from({ length: 20 }, () => signIn("new")));
    expect(new Set(refusals)).toEqual(
      new Set([expect.stringContaining("None of the keys") as string]),
    );
    expect(hits).toHaveLength(2);
    publish("new");
    expect(await signIn("new")).toContain("None of the keys");
    later(31 * SECOND);
    expect(await signIn("new")).toBe("in");
    expect(hits).toHaveLength(3);
  });

  test("a key that was withdrawn is good until what is kept ends", async () => {
    const { publish, signIn } = await served({ "Cache-Control": "public, max-age=120" });
    publish("old", "new");
    const options = { expiresIn: 3_600 };
    expect(await signIn("old", options)).toBe("in");
    publish("new");
    later(119 * SECOND);
    expect(await signIn("old", options)).toBe("in");
    later(2 * SECOND);
    expect(await signIn("old", options)).toContain("None of the keys");
    expect(await signIn("new", options)).toBe("in");
  });

  test("several sign-ins at once ask once", async () => {
    const { publish, signIn, hits } = await served();
    publish("old");
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => signIn("old")));
    expect(outcomes).toEqual(outcomes.map(() => "in"));
    expect(hits).toHaveLength(1);
  });

  test("an issuer that is down is unavailable, and good again when it is back", async () => {
    const { publish, signIn, answers } = await served();
    answers.set("/jwks", { status: 500 });
    expect(await signIn("old")).toMatch(/cannot be fetched: it answered 500/);
    publish("old");
    expect(await signIn("old")).toBe("in");
  });
});

describe("a fetched document", () => {
  test.each([
    [null, 10 * MINUTE],
    ["public", 10 * MINUTE],
    ["max-age=300", 5 * MINUTE],
    ['private, max-age="300"', 5 * MINUTE],
    ["max-age=1", MINUTE],
    ["max-age=999999", 60 * MINUTE],
    ["no-store, max-age=300", MINUTE],
    ["no-cache", MINUTE],
  ])("of Cache-Control %o is kept for %i ms", (header, keptMs) => {
    expect(keptMsOf(header)).toBe(keptMs);
  });

  test.each<[Answer, RegExp | null]>([
    [{ headers: { "Content-Type": "application/jwk-set+json; charset=utf-8" } }, null],
    [{ headers: { "Content-Type": 'Application/JSON; charset="UTF-8"' } }, null],
    [{ headers: { "Content-Type": "text/html" } }, /Invalid Content-Type 'text\/html'/],
    [{ headers: { "Content-Type": "application/json; charset=latin1" } }, /Content-Type/],
    [{ body: "{" }, /JSON/],
    [{ body: `"${"x".repeat(1_000_001)}"` }, /larger than 1000000 bytes/],
    [{ status: 404 }, /it answered 404/],
  ])("answered with %o", async (answer, failure) => {
    const { url, answers } = await serve();
    answers.set("/", answer);
    const got = new FetchedJson(`${url}/`, (document) => document).get();
    if (failure === null) expect(await got).toEqual({});
    else await expect(got).rejects.toThrow(failure);
  });
});

describe("an OIDC token", () => {
  async function oidc(algorithm: "RS256" | "ES256" = "RS256") {
    const server = await serve();
    const key = await makeIssuer(server.url, { algorithm });
    server.answers.set(DISCOVERY, {
      body: JSON.stringify({ issuer: server.url, jwks_uri: `${server.url}/keys` }),
    });
    server.answers.set("/keys", { body: JSON.stringify(key.jwks) });
    const keySets = new KeySets();
    const signIn = async (options: TokenOptions = {}, applicationIDs = ["app"]) => {
      const providers = applicationIDs.map((applicationID) => ({
        type: "oidc" as const,
        domain: server.url,
        applicationID,
      }));
      return await verifyToken(await key.sign(options), { providers, keySets }).then(
        () => "in",
        (error: Error) => error.message,
      );
    };
    return { ...server, signIn, key };
  }

  test("may be for any of the applications that an issuer has entries for", async () => {
    const { signIn } = await oidc();
    expect(await signIn({ audience: "b" }, ["a", "b"])).toBe("in");
    expect(await signIn({ audience: "c" }, ["a", "b"])).toMatch(/No auth provider/);
  });

  test("may not be for others besides, as at Convex", async () => {
    const { signIn } = await oidc();
    expect(await signIn({ audience: ["app"] })).toBe("in");
    expect(await signIn({ audience: ["app", "other"] })).toMatch(/other applications too/);
  });

  test("ends without any tolerance, and may begin a little later", async () => {
    const { signIn } = await oidc();
    expect(await signIn({ expiresIn: -1 })).toMatch(/"exp" claim/);
    const nbf = Math.floor(Date.now() / 1_000) + 60;
    expect(await signIn({ claims: { nbf } })).toBe("in");
  });

  test("is signed with RS256 or EdDSA", async () => {
    const { signIn } = await oidc("ES256");
    expect(await signIn()).toMatch(/"alg"/);
  });

  test("of an issuer that is written with more slashes gets no further than discovery", async () => {
    const { signIn, url, hits } = await oidc();
    expect(await signIn({ issuer: `${url}/` })).toMatch(/it calls itself/);
    expect(hits).toEqual([DISCOVERY]);
    expect(await signIn({ issuer: url.replace("http://", "") })).toMatch(/No auth provider/);
  });
});

describe("a customJwt token", () => {
  test("may end up to five seconds ago", async () => {
    const { publish, signIn } = await served();
    publish("old");
    expect(await signIn("old", { expiresIn: -4 })).toBe("in");
    expect(await signIn("old", { expiresIn: -6 })).toMatch(/"exp" claim/);
  });

  test("that is huge is refused before anything is done with it", async () => {
    const { publish, signIn, hits } = await served();
    publish("old");
    const claims = { padding: "x".repeat(64 * 1024) };
    expect(await signIn("old", { claims })).toMatch(/too large/);
    expect(hits).toEqual([]);
  });

  test("stands beside OIDC tokens of the same issuer: the first entry that fits is its provider", async () => {
    const issuer = "https://issuer.example";
    const custom = await makeIssuer(issuer, { applicationID: null });
    const providers: AuthProvider[] = [
      { type: "oidc", domain: issuer, applicationID: "web" },
      custom.provider,
    ];
    const token = await custom.sign({ audience: "device" });
    const identity = await verifyToken(token, { providers, keySets: new KeySets() });
    expect(identity).toMatchObject({ kind: "user", tokenIdentifier: `${issuer}|ann` });
  });
});

test("spellings of an issuer's name do not fill the memory", async () => {
  const { url, answers, hits } = await serve();
  const keySets = new KeySets();
  answers.set(DISCOVERY, { body: JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }) });
  await keySets.discover(url);
  for (let n = 1; n <= 150; n++) {
    await expect(keySets.discover(url + "/".repeat(n))).rejects.toThrow(/discovery/);
  }
  hits.length = 0;
  await keySets.discover(url);
  expect(hits).toEqual([DISCOVERY]);
});
