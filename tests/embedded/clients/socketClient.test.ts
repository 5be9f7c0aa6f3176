import { ConvexError } from "convex/values";
import { describe, expect, test, vi } from "vitest";
import { makeIssuer } from "../server/issuer";
import { RawClient } from "../server/rawClient";
import { api } from "./api";
import { startBackend } from "./backend";
import { httpClient, socketClient } from "./connections";
import { deploy } from "./pushes";

/** The values that a subscription has had so far. */
function values<T>() {
  const seen: T[] = [];
  return { seen, push: (value: T) => void seen.push(value) };
}

describe("subscriptions", () => {
  test("get the first value and each change, whoever makes it", async () => {
    const backend = await startBackend();
    const { seen, push } = values<string[]>();
    socketClient(backend).onUpdate(api.messages.list, { channel: "a" }, push);
    await expect.poll(() => seen).toEqual([[]]);
    await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "one" });
    await httpClient(backend).mutation(api.messages.send, { channel: "other", body: "two" });
    await expect.poll(() => seen).toEqual([[], ["one"]]);
  });

  test("have the new value when the mutation's promise resolves", async () => {
    const client = socketClient(await startBackend());
    const { seen, push } = values<bigint>();
    client.onUpdate(api.counters.get, { name: "n" }, push);
    for (let count = 1n; count <= 20n; count++) {
      expect(await client.mutation(api.counters.increment, { name: "n" })).toBe(count);
      expect(seen.at(-1)).toBe(count);
    }
  });

  test("a mutation resolves without any subscription", async () => {
    const client = socketClient(await startBackend());
    expect(await client.mutation(api.counters.increment, { name: "n" })).toBe(1n);
  });

  test("end when they are told to", async () => {
    const backend = await startBackend();
    const client = socketClient(backend);
    const { seen, push } = values<string[]>();
    const stop = client.onUpdate(api.messages.list, { channel: "a" }, push);
    await expect.poll(() => seen.length).toBe(1);
    stop();
    await client.mutation(api.messages.send, { channel: "a", body: "one" });
    await client.mutation(api.counters.increment, { name: "n" });
    expect(seen).toHaveLength(1);
  });

  test("a failing query reports its error", async () => {
    const client = socketClient(await startBackend());
    const onError = vi.fn<(error: Error) => void>();
    client.onUpdate(api.messages.failing, {}, () => {}, onError);
    await expect.poll(() => onError.mock.calls.length).toBeGreaterThan(0);
    expect(onError.mock.calls[0]![0].message).toContain("no such luck");
  });

  test("a value of 12 MB arrives", async () => {
    const client = socketClient(await startBackend());
    const { seen, push } = values<string>();
    client.onUpdate(api.messages.large, { chars: 12_000_000 }, push);
    await expect.poll(() => seen[0]?.length, { timeout: 10_000 }).toBe(12_000_000);
  });

  test("a hundred clients hear of one change", async () => {
    const backend = await startBackend();
    const all = Array.from({ length: 100 }, () => {
      const heard = values<bigint>();
      socketClient(backend).onUpdate(api.counters.get, { name: "n" }, heard.push);
      return heard.seen;
    });
    await expect.poll(() => all.every((seen) => seen.length === 1)).toBe(true);
    await httpClient(backend).mutation(api.counters.increment, { name: "n" });
    await expect.poll(() => all.every((seen) => seen.at(-1) === 1n)).toBe(true);
  });
});

describe("mutations and actions", () => {
  test("a ConvexError arrives with its data", async () => {
    const client = socketClient(await startBackend());
    const error = await client
      .mutation(api.messages.sendAndFail, { channel: "a" })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConvexError);
    expect((error as ConvexError<{ code: string }>).data).toEqual({ code: "refused", count: 3n });
  });

  test("mutations keep their order; a slow action holds nothing up", async () => {
    const client = socketClient(await startBackend());
    const bodies = Array.from({ length: 50 }, (_, index) => String(index));
    const slow = { channel: "a", body: "slow", count: bodies.length };
    const action = client.action(api.messages.sendAfter, slow);
    const done: string[] = [];
    await Promise.all(
      bodies.map(async (body) => {
        await client.mutation(api.messages.send, { channel: "a", body });
        done.push(body);
      }),
    );
    await action;
    expect(done).toEqual(bodies);
    expect(await client.query(api.messages.list, { channel: "a" })).toEqual([...bodies, "slow"]);
  });
});

describe("the query set follows a new push", () => {
  test("a function that was missing appears to those who wait for it", async () => {
    const backend = await startBackend();
    const { seen, push } = values<string>();
    await deploy(backend.runtime, { without: "users.js" });
    const onError = vi.fn<() => void>();
    socketClient(backend).onUpdate(api.users.anyone, {}, push, onError);
    await expect.poll(() => onError.mock.calls.length).toBe(1);
    await deploy(backend.runtime, {});
    await expect.poll(() => seen).toEqual(["anyone"]);
  });
});

describe("signing in", () => {
  test("a token makes its user known to queries, mutations and actions", async () => {
    const { provider, sign } = await makeIssuer();
    const client = socketClient(await startBackend({ providers: [provider] }));
    const onChange = vi.fn<(isAuthenticated: boolean) => void>();
    const token = await sign({ claims: { name: "Ann" } });
    client.setAuth(async () => token, onChange);
    const { seen, push } = values<{ subject: string; name?: string } | null>();
    client.onUpdate(api.users.whoami, {}, push);
    await expect.poll(() => seen.at(-1)).toMatchObject({ subject: "ann", name: "Ann" });
    expect(onChange.mock.calls).toEqual([[true]]);
    expect(seen).not.toContain(null);
    expect(await client.mutation(api.users.subjectInMutation, {})).toBe("ann");
    expect(await client.action(api.users.subjectInAction, {})).toBe("ann");
  });

  test.each(["audience", "issuer", "expired", "key"])("a wrong %s is refused", async (wrong) => {
    const { provider, sign } = await makeIssuer();
    const other = await makeIssuer();
    const client = socketClient(await startBackend({ providers: [provider] }));
    const token = {
      audience: () => sign({ audience: "other" }),
      issuer: () => sign({ issuer: "https://evil.example" }),
      expired: () => sign({ expiresIn: -60 }),
      key: () => other.sign(),
    }[wrong]!;
    const onChange = vi.fn<(isAuthenticated: boolean) => void>();
    client.setAuth(token, onChange);
    await expect.poll(() => onChange.mock.calls, { timeout: 10_000 }).toEqual([[false]]);
    // The client goes on as nobody.
    expect(await client.query(api.users.whoami, {})).toBeNull();
  });

  test("a token that is about to expire is replaced without anyone noticing", async () => {
    const { provider, sign } = await makeIssuer();
    const client = socketClient(await startBackend({ providers: [provider] }));
    let fetched = 0;
    const onChange = vi.fn<(isAuthenticated: boolean) => void>();
    client.setAuth(async () => {
      fetched += 1;
      // The client asks for a new one 10 s before the end, so after about a second.
      return await sign({ expiresIn: 11, claims: { count: fetched } });
    }, onChange);
    const { seen, push } = values<{ count: number } | null>();
    client.onUpdate(api.users.whoami, {}, push as (value: unknown) => void);
    await expect.poll(() => seen.at(-1)?.count, { timeout: 8_000 }).toBeGreaterThanOrEqual(4);
    expect(onChange.mock.calls).not.toContainEqual([false]);
    expect(seen).not.toContain(null);
  });

  test("a token that expires while subscribed is replaced after the server has said so", async () => {
    const { provider, sign } = await makeIssuer();
    const client = socketClient(await startBackend({ providers: [provider] }));
    let fetched = 0;
    const onChange = vi.fn<(isAuthenticated: boolean) => void>();
    client.setAuth(async () => {
      fetched += 1;
      // To the client the first two look as if they lived for an hour from now.
      const short = fetched <= 2 ? { expiresIn: 2, issuedAgo: 3_600 } : {};
      return await sign({ ...short, claims: { n: fetched } });
    }, onChange);
    const { seen, push } = values<{ n: number } | null>();
    client.onUpdate(api.users.whoami, {}, push as (value: unknown) => void);
    await expect.poll(() => seen.at(-1)?.n, { timeout: 10_000 }).toBe(3);
    expect(seen).not.toContain(null);
    expect(onChange.mock.calls).not.toContainEqual([false]);
    expect(await client.mutation(api.users.subjectInMutation, {})).toBe("ann");
  });

  test("signing out shows what nobody may see", async () => {
    const { provider, sign } = await makeIssuer();
    const client = socketClient(await startBackend({ providers: [provider] }));
    const token = await sign();
    client.setAuth(async () => token);
    const { seen, push } = values<unknown>();
    client.onUpdate(api.users.whoami, {}, push);
    await expect.poll(() => seen.length).toBe(1);
    client.client.clearAuth();
    await expect.poll(() => seen.at(-1)).toBeNull();
  });
});

describe("one connection's bookkeeping on the real runtime", () => {
  test("responses precede transitions under load from many sockets", async () => {
    const { apiUrl } = await startBackend();
    const clients = await Promise.all(Array.from({ length: 8 }, () => RawClient.connect(apiUrl)));
    for (const client of clients) client.add(0, "counters:get", { args: { name: "n" } });
    for (let n = 0; n < 50; n++) {
      for (const client of clients) client.mutate(n, "counters:increment", { name: "n" });
      if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const client of clients) {
      await expect
        .poll(() => client.messages.filter((m) => m.type === "MutationResponse").length)
        .toBe(50);
      await client.settle(50);
      let seen = 0n;
      let version: unknown = null;
      for (const message of client.messages) {
        if (message.type === "Transition") {
          if (version !== null) expect(message.startVersion).toEqual(version);
          version = message.endVersion;
          seen = Buffer.from(message.endVersion.ts, "base64").readBigUInt64LE();
        } else {
          const ts = Buffer.from(message.ts, "base64").readBigUInt64LE();
          expect(ts, "a response comes before any transition at its timestamp").toBeGreaterThan(
            seen,
          );
        }
      }
      client.close();
    }
  });
});
