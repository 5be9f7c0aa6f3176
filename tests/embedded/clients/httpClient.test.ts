import { ConvexError } from "convex/values";
import { expect, test } from "vitest";
import { api } from "./api";
import { ADMIN_KEY, startBackend } from "./backend";
import { httpClient } from "./connections";
import { makeIssuer } from "../server/issuer";

test("queries, mutations and actions, one after another", async () => {
  const client = httpClient(await startBackend());
  const id = await client.mutation(api.messages.send, { channel: "a", body: "one" });
  expect(id).toMatch(/^[0-9a-z]{31,37}$/);
  await client.action(api.messages.relay, { channel: "a", body: "two", delayMs: 1 });
  expect(await client.query(api.messages.list, { channel: "a" })).toEqual(["one", "two"]);
});

test("values that JSON has no form for survive", async () => {
  const client = httpClient(await startBackend());
  const value = {
    int64: [0n, -1n, 9223372036854775807n, -9223372036854775808n],
    floats: [Number.NaN, Infinity, -Infinity, -0, 0.1],
    bytes: new Uint8Array([0, 255]).buffer,
    text: "ü\u0000\u2028😀",
    nothing: null,
    empty: { array: [], object: {} },
  };
  expect(await client.query(api.messages.echo, { value })).toEqual(value);
  expect(await client.mutation(api.counters.increment, { name: "n" })).toBe(1n);
});

test("a ConvexError arrives as one, with its data, and nothing was written", async () => {
  const client = httpClient(await startBackend());
  const error = await client
    .mutation(api.messages.sendAndFail, { channel: "a" })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConvexError);
  expect((error as ConvexError<{ code: string }>).data).toEqual({ code: "refused", count: 3n });
  expect(await client.query(api.messages.list, { channel: "a" })).toEqual([]);
});

test("a plain error's message says what and where, and carries the request's id", async () => {
  const client = httpClient(await startBackend());
  await expect(client.query(api.messages.failing)).rejects.toThrow(
    /^\[Request ID: \w+\] Server Error\nUncaught Error: no such luck\n {4}at .*convex\/messages\.ts:\d+/,
  );
});

test("wrong arguments and unknown functions are told", async () => {
  const client = httpClient(await startBackend());
  await expect(client.query(api.messages.list, {} as { channel: string })).rejects.toThrow(
    /ArgumentValidationError.*channel/s,
  );
  const { secret } = api.messages as unknown as { secret: typeof api.messages.failing };
  await expect(client.query(secret)).rejects.toThrow(/Could not find public function/);
});

test("an admin calls what is internal, and acts as someone", async () => {
  const backend = await startBackend();
  const client = httpClient(backend) as ReturnType<typeof httpClient> & {
    setAdminAuth(key: string, identity?: object): void;
    function(name: string, component?: string, args?: object): Promise<unknown>;
  };
  client.setAdminAuth(ADMIN_KEY);
  expect(await client.function("messages:secret")).toBe("for admins");
  client.setAdminAuth(ADMIN_KEY, { issuer: "https://i", subject: "ann", name: "Ann" });
  expect(await client.query(api.users.whoami)).toMatchObject({ subject: "ann", name: "Ann" });
});

test("a token signs in; a wrong one is refused", async () => {
  const { provider, sign } = await makeIssuer();
  const backend = await startBackend({ providers: [provider] });
  const client = httpClient(backend, await sign());
  expect(await client.query(api.users.whoami)).toMatchObject({
    tokenIdentifier: "https://issuer.example|ann",
  });
  expect(await client.mutation(api.users.subjectInMutation)).toBe("ann");
  expect(await client.action(api.users.subjectInAction)).toBe("ann");
  client.setAuth(await sign({ audience: "other" }));
  await expect(client.query(api.users.whoami)).rejects.toThrow(/NoAuthProvider/);
  client.clearAuth();
  expect(await client.query(api.users.whoami)).toBeNull();
});

test("consistent queries of one client are at one timestamp", async () => {
  const backend = await startBackend();
  const client = httpClient(backend);
  expect(await client.consistentQuery(api.messages.list, { channel: "a" })).toEqual([]);
  expect(await client.consistentQuery(api.counters.get, { name: "n" })).toBe(0n);
  await client.mutation(api.messages.send, { channel: "a", body: "one" });
  await expect(client.consistentQuery(api.messages.list, { channel: "a" })).rejects.toThrow(
    /latest timestamp only/,
  );
});

test("fifty clients at once count to fifty", async () => {
  const backend = await startBackend();
  await Promise.all(
    Array.from({ length: 50 }, () =>
      httpClient(backend).mutation(api.counters.increment, { name: "n" }),
    ),
  );
  expect(await httpClient(backend).query(api.counters.get, { name: "n" })).toBe(50n);
});

test("HTTP actions: body, identity, URLs, streams and errors", async () => {
  const { provider, sign } = await makeIssuer();
  const { apiUrl, siteUrl } = await startBackend({ providers: [provider] });
  const created = await fetch(`${siteUrl}/messages`, {
    method: "POST",
    headers: { Authorization: `Bearer ${await sign()}` },
    body: JSON.stringify({ channel: "a", body: "over HTTP" }),
  });
  expect(created.status).toBe(201);
  expect(await created.json()).toMatchObject({ subject: "ann" });
  expect(await httpClient({ apiUrl }).query(api.messages.list, { channel: "a" })).toEqual([
    "over HTTP",
  ]);
  const urls = await fetch(`${siteUrl}/urls?q=1`);
  expect(await urls.json()).toEqual({ url: `${siteUrl}/urls?q=1`, cloud: apiUrl, site: siteUrl });
  const ticks = await fetch(`${siteUrl}/ticks?count=3`);
  expect(await ticks.text()).toBe("tick 0\ntick 1\ntick 2\n");
  const thrown = await fetch(`${siteUrl}/throws`);
  expect(thrown.status).toBe(500);
  expect(await thrown.json()).toMatchObject({
    code: expect.stringMatching(/^\[Request ID: \w+\] Server Error/) as string,
    trace: expect.stringContaining("out of luck") as string,
  });
  const missing = await fetch(`${siteUrl}/nothing`);
  expect([missing.status, await missing.text()]).toEqual([404, "No matching routes found"]);
  expect((await fetch(`${apiUrl}/http/ticks?count=1`)).status).toBe(200);
});
