/**
 * The ordering rules of the sync protocol, each as a check of a server as a whole, and mutants of the
 * session that each break one.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import type { startServer } from "../../../src/embedded/serve";
import { Failure, type FakeFunctions } from "./fakeRuntime";
import { ADMIN_KEY, ns, type RawClient, type ServerMessage } from "./rawClient";
import { serve, type Serving } from "./serving";

const functions: FakeFunctions = {
  count: { kind: "query", run: ({ data }) => data["count"] ?? 0 },
  who: { kind: "query", run: ({ identity }) => identity.kind },
  failing: {
    kind: "query",
    run: ({ data }) => {
      throw new Failure(`at ${String(data["count"])}`);
    },
  },
  paged: { kind: "query", run: () => 1 },
  large: { kind: "query", run: ({ data }) => `${Number(data["count"])}${"x".repeat(4_000_000)}` },
  increment: {
    kind: "mutation",
    run: ({ data, identity }) => {
      data["count"] = Number(data["count"] ?? 0) + 1;
      return identity.kind;
    },
  },
  nothing: { kind: "mutation", run: () => null },
};
const signIn = { type: "Authenticate", tokenType: "Admin", value: ADMIN_KEY, baseVersion: 0 };

const valuesIn = (messages: ServerMessage[]) =>
  messages.flatMap((message) => message.modifications ?? []).map(({ value }) => value);
const responsesIn = (messages: ServerMessage[]) =>
  messages.filter((message) => message.type === "MutationResponse");

/** Each throws when the rule does not hold. */
const RULES: Record<string, (client: RawClient, serving: Serving) => Promise<void>> = {
  "a transition starts where the last one ended": async (client, { runtime }) => {
    client.add(0, "count");
    const first = await client.next();
    runtime.commit((data) => (data["count"] = 1));
    expect((await client.next(1_000)).startVersion).toEqual(first.endVersion);
  },
  "a response comes before a transition at its timestamp, and one follows": async (client) => {
    client.add(0, "count");
    await client.next();
    client.mutate(0, "increment");
    const [response, transition] = [await client.next(1_000), await client.next(1_000)];
    expect([response.type, transition.type]).toEqual(["MutationResponse", "Transition"]);
    expect(ns(transition.endVersion.ts)).toBeGreaterThanOrEqual(ns(response.ts));
  },
  "a transition follows a mutation that changes nothing": async (client) => {
    client.mutate(0, "nothing");
    await client.next();
    expect((await client.next(1_000)).type).toBe("Transition");
  },
  "one that is too old is not the one that is owed": async (client, { runtime }) => {
    runtime.shownMicros = runtime.tsMicros;
    client.mutate(0, "nothing");
    await client.next();
    client.add(0, "count");
    await client.settle();
    runtime.shownMicros = null;
    runtime.live.requestAdvance();
    expect((await client.next(1_000)).type).toBe("Transition");
  },
  "mutations run one at a time": async (client, { runtime }) => {
    let running = 0;
    runtime.beforeMutation = async () => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
    };
    for (let n = 0; n < 5; n++) client.mutate(n, "increment");
    const answered = () => responsesIn(client.messages).length;
    await expect.poll(answered, { timeout: 1_000 }).toBe(5);
  },
  "a mutation runs as who sent it, and after what was sent before it": async (client, serving) => {
    serving.runtime.beforeMutation = () => new Promise((resolve) => setTimeout(resolve, 2));
    client.mutate(0, "increment");
    client.mutate(1, "increment");
    client.send(signIn);
    client.mutate(2, "increment");
    const answers = () => responsesIn(client.messages).map(({ result }) => result);
    await expect.poll(answers, { timeout: 1_000 }).toEqual(["none", "none", "admin"]);
  },
  "a new identity runs every query again": async (client) => {
    client.add(0, "who");
    client.send(signIn);
    expect(valuesIn(await client.settle()).at(-1)).toBe("admin");
  },
  "what did not change is left out": async (client, { runtime }) => {
    client.add(0, "count");
    client.add(1, "who", { version: 1 });
    await client.settle();
    runtime.commit((data) => (data["count"] = 1));
    expect(valuesIn(await client.settle())).toEqual([1]);
  },
  "a query that fails in another way is told again": async (client, { runtime }) => {
    client.add(0, "failing");
    await client.next();
    runtime.commit((data) => (data["count"] = 1));
    expect((await client.next(1_000)).modifications?.[0]?.errorMessage).toContain("at 1");
  },
  "a removed query is told once": async (client, { runtime }) => {
    client.add(0, "count");
    await client.next();
    const modifications = [{ type: "Remove", queryId: 0 }];
    client.send({ type: "ModifyQuerySet", baseVersion: 1, newVersion: 2, modifications });
    expect((await client.next(1_000)).modifications).toHaveLength(1);
    expect(runtime.openWatches).toBe(0);
    client.add(1, "count", { version: 2 });
    expect((await client.next(1_000)).modifications).toHaveLength(1);
  },
  "the journal that a client brings is used": async (client, { runtime }) => {
    client.add(0, "paged", { journal: "from before" });
    await client.next();
    expect(runtime.requests.at(-1)).toMatchObject({ journal: "from before" });
  },
  "a client that does not read is not queued for": async (client, { runtime }) => {
    client.add(0, "large");
    await client.next();
    client.socket.pause();
    for (let n = 1; n <= 30; n++) {
      runtime.commit((data) => (data["count"] = n));
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.resume();
    const messages = await client.settle(300);
    expect(messages.length).toBeLessThan(10);
    expect(valuesIn(messages).at(-1)).toMatch(/^30x/);
  },
};

type Mutation = { name: string; file: string; find: string; replace: string };
const MUTANTS: Mutation[] = [
  {
    name: "flushes at once, before the response is sent",
    file: "syncServer.ts",
    find: "setImmediate(() => {",
    replace: "((flush: () => void) => flush())(() => {",
  },
  {
    name: "forgets what the client has",
    file: "syncSession.ts",
    find: "this.#sent = end;",
    replace: "",
  },
  {
    name: "owes nothing after a response",
    file: "syncSession.ts",
    find: "modifications.length === 0 && !isOwed && !isAsked",
    replace: "modifications.length === 0 && !isAsked",
  },
  {
    name: "takes any transition for the one that is owed",
    file: "syncSession.ts",
    find: "this.#owedFromMicros <= tsMicros",
    replace: "true",
  },
  {
    name: "runs mutations side by side",
    file: "callQueue.ts",
    find: "if (!this.#isMutating) void",
    replace: "void",
  },
  {
    name: "does not wait for a token to be checked",
    file: "syncSession.ts",
    find: "if (pending !== undefined) await pending;",
    replace: "",
  },
  {
    name: "keeps a query's old caller",
    file: "syncSession.ts",
    find: "for (const query of this.#queries.values()) query.watchAs(identity, this.#request);",
    replace: "",
  },
  {
    name: "sends every result again",
    file: "liveQuery.ts",
    find: "if (isKnown) return null;",
    replace: "",
  },
  {
    name: "tells of no error after another",
    file: "liveQuery.ts",
    find: "error === this.#sentError &&",
    replace: "",
  },
  {
    name: "tells of a removed query for ever",
    file: "syncSession.ts",
    find: "this.#removed.clear();",
    replace: "",
  },
  {
    name: "keeps watching what was removed",
    file: "syncSession.ts",
    find: "existing.close();",
    replace: "",
  },
  {
    name: "drops journals",
    file: "liveQuery.ts",
    find: "previous?.reply.journal ?? this.#query.journal",
    replace: "null",
  },
  {
    name: "queues transitions without end",
    file: "outbox.ts",
    find: "const TRANSITIONS_UNSENT_MAX = 2;",
    replace: "const TRANSITIONS_UNSENT_MAX = 1e9;",
  },
  {
    name: "does not go on when there is room again",
    file: "outbox.ts",
    find: "if (wasFull) this.#options.onTransitionRoom();",
    replace: "",
  },
];

const MUTANTS_FOLDER = resolve("test-results/mutants");

/** The server with one mistake in it. The errors of the runtime stay the ones that the tests know. */
async function loadMutant({ name, file, find, replace }: Mutation): Promise<typeof startServer> {
  mkdirSync(MUTANTS_FOLDER, { recursive: true });
  const outfile = join(MUTANTS_FOLDER, `${name.replaceAll(/\W/g, "-")}.mjs`);
  await build({
    entryPoints: ["src/embedded/serve.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    plugins: [
      {
        name: "mutation",
        setup(plugin) {
          plugin.onResolve({ filter: /runtime\/types$/ }, () => ({
            path: resolve("src/embedded/runtime/types.ts"),
            external: true,
          }));
          plugin.onLoad({ filter: new RegExp(`/server/sync/${file}$`) }, ({ path }) => {
            const source = readFileSync(path, "utf8");
            expect(source.split(find), `places in ${file} that match`).toHaveLength(2);
            return { contents: source.replace(find, () => replace), loader: "ts" };
          });
        },
      },
    ],
  });
  const module = (await import(outfile)) as { startServer: typeof startServer };
  return module.startServer;
}

/** The rules that `start` breaks. */
async function broken(start: typeof startServer): Promise<string[]> {
  const failed: string[] = [];
  for (const [name, rule] of Object.entries(RULES)) {
    const serving = await serve(functions, { start });
    const client = await serving.connect();
    await rule(client, serving).catch(() => failed.push(name));
  }
  return failed;
}

describe("every connection", () => {
  test.each(Object.entries(RULES))("%s", async (_name, rule) => {
    const serving = await serve(functions);
    await rule(await serving.connect(), serving);
  });
});

test.each(MUTANTS)("mutant killed: $name", async (mutation) => {
  expect(await broken(await loadMutant(mutation))).not.toEqual([]);
});

test("the unchanged server survives, loaded like a mutant", async () => {
  const find = "this.#sent = end;";
  const same = { name: "none", file: "syncSession.ts", find, replace: find };
  expect(await broken(await loadMutant(same))).toEqual([]);
});
