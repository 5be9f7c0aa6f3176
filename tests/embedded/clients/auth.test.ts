/** Signing in with the real clients: tokens are fetched anew in time, and when the server refuses them. */
import { ConvexClient, type ConvexClientOptions } from "convex/browser";
import { ConvexReactClient } from "convex/react";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AuthProvider } from "../../../src/embedded/deploy/types";
import { makeIssuer, serveJson } from "../server/issuer";
import { api } from "./api";
import { startBackend } from "./backend";
import { socketOptions } from "./connections";

type Fetch = { forceRefreshToken: boolean };

/** A client that watches who it is. */
function connect({ apiUrl }: { apiUrl: string }, options: Partial<ConvexClientOptions> = {}) {
  const client = new ConvexClient(apiUrl, { ...socketOptions, ...options });
  onTestFinished(() => client.close());
  const subjects: (string | null)[] = [];
  client.onUpdate(api.users.whoami, {}, (who) => void subjects.push(who?.subject ?? null));
  return { client, subjects };
}

describe("a subscription", () => {
  test("outlives its token: the next is fetched in time, and there is no moment without a user", async () => {
    const issuer = await makeIssuer();
    const backend = await startBackend({ providers: [issuer.provider] });
    const { client, subjects } = connect(backend, { authRefreshTokenLeewaySeconds: 1 });
    const fetches: Fetch[] = [];
    client.setAuth(async (fetch) => {
      fetches.push(fetch);
      return await issuer.sign({ subject: `user ${fetches.length}`, expiresIn: 4 });
    });
    await expect.poll(() => subjects.at(-1), { timeout: 15_000 }).toBe("user 3");
    expect(subjects.filter((subject) => subject !== null)).toEqual(["user 1", "user 2", "user 3"]);
    expect(subjects.lastIndexOf(null)).toBeLessThan(subjects.indexOf("user 1"));
    expect(fetches.slice(1).every(({ forceRefreshToken }) => forceRefreshToken)).toBe(true);
  }, 30_000);

  test("whose token has expired at the server is signed in again with a fresh one", async () => {
    const issuer = await makeIssuer();
    const backend = await startBackend({ providers: [issuer.provider] });
    // The client would only think of a new token when it is too late.
    const { client, subjects } = connect(backend, { authRefreshTokenLeewaySeconds: -3_600 });
    const changes: boolean[] = [];
    let fetched = 0;
    client.setAuth(
      async () => {
        fetched++;
        return await issuer.sign({
          subject: `user ${fetched}`,
          expiresIn: fetched === 2 ? 3 : 600,
        });
      },
      (isSignedIn) => void changes.push(isSignedIn),
    );
    await expect.poll(() => subjects.at(-1), { timeout: 15_000 }).toBe("user 3");
    expect(changes).not.toContain(false);
    expect(subjects.slice(subjects.indexOf("user 1"))).not.toContain(null);
  }, 30_000);

  test("goes on when the environment changes the providers: the client comes with another token", async () => {
    const [before, after] = await Promise.all([
      makeIssuer("https://before.example"),
      makeIssuer("https://after.example"),
    ]);
    const backend = await startBackend({ providers: [before.provider] });
    const { client, subjects } = connect(backend);
    let current = before;
    client.setAuth(async () => await current.sign({ subject: `by ${current.provider.type}` }));
    const react = new ConvexReactClient(backend.apiUrl, socketOptions);
    onTestFinished(() => react.close());
    react.setAuth(
      async () => await current.sign({ subject: "react", issuedAgo: Math.random() * 100 }),
    );
    const watch = react.watchQuery(api.users.whoami, {});
    onTestFinished(watch.onUpdate(() => {}));
    const issuers = () => watch.localQueryResult()?.issuer;
    await expect.poll(issuers).toBe("https://before.example");
    await expect.poll(() => subjects.at(-1)).toBe("by customJwt");

    current = after;
    await backend.runtime.setEnvironment({ AUTH_PROVIDERS: JSON.stringify([after.provider]) });
    await expect.poll(issuers, { timeout: 10_000 }).toBe("https://after.example");
    // The other client has a connection of its own, and comes with its token when that is asked for one.
    const asked = async () => (await client.query(api.users.whoami, {}))?.issuer;
    await expect.poll(asked).toBe("https://after.example");
    expect(subjects.slice(subjects.indexOf("by customJwt"))).not.toContain(null);
  });

  test("is nobody's when no token is good", async () => {
    const issuer = await makeIssuer();
    const stranger = await makeIssuer();
    const backend = await startBackend({ providers: [issuer.provider] });
    const { client, subjects } = connect(backend);
    const changes: boolean[] = [];
    client.setAuth(
      async () => await stranger.sign({ issuedAgo: Math.random() * 100 }),
      (isSignedIn) => void changes.push(isSignedIn),
    );
    await expect.poll(() => changes, { timeout: 15_000 }).toEqual([false]);
    await expect.poll(() => subjects.at(-1)).toBeNull();
    expect(subjects.filter((subject) => subject !== null)).toEqual([]);
  }, 30_000);
});

test("while the issuer is down the client tries again and again, then it is signed in", async () => {
  const issuer = await makeIssuer();
  let isDown = true;
  const { url, hits } = await serveJson(() => ({ "/jwks": isDown ? 500 : issuer.jwks }));
  const provider = { ...issuer.provider, jwks: `${url}/jwks` } as AuthProvider;
  const backend = await startBackend({ providers: [provider] });
  const { client, subjects } = connect(backend);
  const changes: boolean[] = [];
  client.setAuth(
    async () => await issuer.sign({ subject: "ann", issuedAgo: Math.random() * 100 }),
    (isSignedIn) => void changes.push(isSignedIn),
  );
  await expect.poll(() => hits.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
  expect(changes).toEqual([]);
  isDown = false;
  await expect.poll(() => subjects.at(-1), { timeout: 30_000 }).toBe("ann");
  expect(changes).not.toContain(false);
}, 60_000);
