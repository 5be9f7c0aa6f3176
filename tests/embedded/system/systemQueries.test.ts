/** What Convex's CLI asks of a deployment by its system functions, through the clients that the CLI uses. */
import { BaseConvexClient, type ConvexHttpClient } from "convex/browser";
import { makeFunctionReference, type PaginationResult } from "convex/server";
import type { Value } from "convex/values";
import { describe, expect, onTestFinished, test } from "vitest";
import { api } from "../clients/api";
import { ADMIN_KEY, startBackend } from "../clients/backend";
import { httpClient, socketClient, socketOptions } from "../clients/connections";
import { deploy } from "../clients/pushes";

type Backend = Awaited<ReturnType<typeof startBackend>>;

/** What the CLI uses and the package keeps to itself. */
type ForAdmins = {
  setAdminAuth(key: string): void;
  localQueryResultByToken(token: string): Value;
};

function admin({ apiUrl }: Backend): ConvexHttpClient & Pick<ForAdmins, "setAdminAuth"> {
  const client = httpClient({ apiUrl }) as ReturnType<typeof admin>;
  client.setAdminAuth(ADMIN_KEY);
  return client;
}

function ask(
  client: ConvexHttpClient,
  name: string,
  args: Record<string, Value> = {},
): Promise<Value> {
  return client.query(makeFunctionReference<"query">(name), args) as Promise<Value>;
}

/** The values that an admin's subscription over a socket has had so far. */
function watch({ apiUrl }: Backend, name: string, args: Record<string, Value> = {}): Value[] {
  const seen: Value[] = [];
  const client: BaseConvexClient & ForAdmins = new BaseConvexClient(
    apiUrl,
    (tokens) => {
      for (const token of tokens) seen.push(client.localQueryResultByToken(token));
    },
    socketOptions,
  ) as BaseConvexClient & ForAdmins;
  onTestFinished(() => client.close());
  client.setAdminAuth(ADMIN_KEY);
  client.subscribe(name, args);
  return seen;
}

const firstPage = { numItems: 2, cursor: null };

describe("a caller who is no admin", () => {
  test("is told that there is no such function, whether or not there is one", async () => {
    const backend = await startBackend();
    const client = httpClient(backend);
    for (const name of ["_system/cli/queryEnvironmentVariables", "_system/cli/missing"]) {
      await expect(ask(client, name)).rejects.toThrow(
        `Could not find public function for '${name}'`,
      );
    }
  });

  test("gets nothing out of what an admin has just asked", async () => {
    const backend = await startBackend();
    const name = "_system/cli/queryEnvironmentVariables";
    await ask(admin(backend), name);
    const answers: unknown[] = [];
    const note = (answer: unknown) => void answers.push(answer);
    socketClient(backend).onUpdate(makeFunctionReference<"query">(name), {}, note, note);
    await expect.poll(() => answers.length).toBe(1);
    expect(String(answers[0])).toContain("Could not find public function");
  });
});

test("a system function that Convex has and the runtime does not fails by its name", async () => {
  const backend = await startBackend();
  await expect(ask(admin(backend), "_system/frontend/listLogs")).rejects.toThrow(
    "_system/frontend/listLogs is a system function that the embedded runtime does not have.",
  );
});

test("arguments that do not fit are refused", async () => {
  const backend = await startBackend();
  await expect(ask(admin(backend), "_system/cli/tableSize", { tableName: 3 })).rejects.toThrow(
    "The arguments do not match",
  );
});

describe("tables", () => {
  test("are listed without the runtime's own", async () => {
    const backend = await startBackend();
    const { page } = (await ask(admin(backend), "_system/cli/tables", {
      paginationOpts: firstPage,
    })) as unknown as PaginationResult<{ name: string }>;
    expect(page.map(({ name }) => name).sort()).toEqual(["counters", "messages"]);
  });

  test("are read page by page, in either order", async () => {
    const backend = await startBackend();
    const client = admin(backend);
    await client.mutation(api.messages.sendMany, { channel: "a", bodies: ["one", "two", "three"] });
    const read = async (order: "asc" | "desc", cursor: string | null) =>
      (await ask(client, "_system/cli/tableData", {
        table: "messages",
        order,
        paginationOpts: { numItems: 2, cursor },
      })) as unknown as PaginationResult<{ body: string }>;
    const bodies = ({ page }: { page: { body: string }[] }) => page.map(({ body }) => body);

    const first = await read("desc", null);
    expect([bodies(first), first.isDone]).toEqual([["three", "two"], false]);
    const rest = await read("desc", first.continueCursor);
    expect([bodies(rest), rest.isDone]).toEqual([["one"], true]);
    expect(bodies(await read("asc", null))).toEqual(["one", "two"]);
  });

  test("are watched: their rows, their size and that they changed at all", async () => {
    const backend = await startBackend();
    const args = { table: "messages", order: "asc", paginationOpts: firstPage };
    const pages = watch(backend, "_system/cli/tableData", args) as unknown[];
    const sizes = watch(backend, "_system/cli/tableSize", { tableName: "messages" });
    const changes = watch(backend, "_system/cli/queryTable", { tableName: "messages" });
    await expect.poll(() => [pages.length, sizes, changes.length]).toEqual([1, [0], 1]);

    await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "one" });
    await expect.poll(() => [pages.length, sizes, changes.length]).toEqual([2, [0, 1], 2]);
    expect(pages[1]).toMatchObject({ page: [{ channel: "a", body: "one" }] });
    await httpClient(backend).mutation(api.counters.increment, { name: "elsewhere" });
    await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "two" });
    await expect.poll(() => sizes).toEqual([0, 1, 2]);
    expect(changes).toHaveLength(3);
    expect(new Set(changes).size).toBe(3);
  });
});

test("the environment is listed, looked up and watched", async () => {
  const backend = await startBackend();
  const name = "_system/cli/queryEnvironmentVariables";
  const lists = watch(backend, name);
  const providers = { name: "AUTH_PROVIDERS", value: "[]" };
  await expect.poll(() => lists).toEqual([[providers]]);
  await backend.runtime.setEnvironment({ Z_LAST: "1" });
  await expect
    .poll(() => lists)
    .toEqual([[providers], [providers, { name: "Z_LAST", value: "1" }]]);

  const client = admin(backend);
  expect(await ask(client, `${name}:get`, { name: "Z_LAST" })).toEqual({
    name: "Z_LAST",
    value: "1",
  });
  expect(await ask(client, `${name}:get`, { name: "toString" })).toBe(null);
  expect(await ask(client, "_system/cli/convexUrl:cloudUrl")).toBe(backend.apiUrl);
});

test("the functions are described with their validators, anew after each push", async () => {
  const backend = await startBackend();
  const specs = watch(backend, "_system/cli/modules:apiSpec") as { identifier?: string }[][];
  await expect.poll(() => specs.length).toBe(1);
  expect(specs[0]).toContainEqual({
    identifier: "counters.js:get",
    functionType: "Query",
    visibility: { kind: "public" },
    args: { type: "object", value: { name: { fieldType: { type: "string" }, optional: false } } },
    returns: { type: "bigint" },
  });
  expect(specs[0]).toContainEqual({
    functionType: "HttpAction",
    method: "POST",
    path: "/messages",
  });
  expect(specs[0]).toContainEqual(
    expect.objectContaining({ identifier: "messages.js:secret", visibility: { kind: "internal" } }),
  );

  await deploy(backend.runtime, { without: "counters.js" });
  await expect.poll(() => specs.length).toBe(2);
  expect(specs[1]!.filter(({ identifier }) => identifier?.startsWith("counters"))).toEqual([]);
});

test("the schema and the component instances are told", async () => {
  const client = admin(await startBackend());
  const { active } = (await ask(client, "_system/frontend/getSchemas")) as { active: string };
  expect(JSON.parse(active)).toMatchObject({
    tables: [{ tableName: "messages" }, { tableName: "counters" }],
  });
  expect(await ask(client, "_system/frontend/components:list")).toMatchObject([
    { path: "", state: "active" },
  ]);
});

test("system queries are no functions of the project: no log tells of them", async () => {
  const backend = await startBackend();
  const logged: string[] = [];
  backend.runtime.onLog(({ path }) => logged.push(path));
  await ask(admin(backend), "_system/cli/convexUrl:cloudUrl");
  await httpClient(backend).query(api.counters.get, { name: "n" });
  expect(logged).toEqual(["counters:get"]);
});
