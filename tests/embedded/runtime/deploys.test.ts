import { describe, expect, test } from "vitest";
import { toHandle } from "../../../src/embedded/runtime/functionPath";
import type { LogEntry } from "../../../src/embedded/runtime/types";
import {
  asAdmin,
  open,
  push,
  request,
  rows,
  serve,
  temporaryFolder,
  type FakeFunction,
  type FakeProject,
} from "./fakeProject";

const add: FakeFunction = { kind: "mutation", run: ({ tx }) => tx.insert("", "notes", { n: 1 }) };
const addText: FakeFunction = {
  kind: "mutation",
  run: ({ tx }) => tx.insert("", "notes", { n: "text" }),
};
const count: FakeFunction = { kind: "query", run: ({ tx }) => rows(tx, "notes").length };
const says = (text: string): FakeProject => ({
  functions: {
    "a:say": { kind: "query", run: () => text },
    "a:add": add,
    "a:addText": addText,
    "a:count": count,
  },
});
const schemaOf = (type: "string" | "number") => ({
  schemaValidation: true,
  tables: [
    {
      tableName: "notes",
      indexes: [{ indexDescriptor: "by_n", fields: ["n"] }],
      documentType: {
        type: "object" as const,
        value: { n: { fieldType: { type }, optional: false } },
      },
    },
  ],
});

describe("a push", () => {
  test("switches at once, also what is cached", async () => {
    const { runtime } = await serve(says("one"));
    expect(await runtime.query(request("a:say"))).toMatchObject({ value: '"one"' });
    const heard: string[] = [];
    runtime.onDeploy((deployment) => heard.push(deployment.version));
    await runtime.deploy(push(says("two")));
    expect(await runtime.query(request("a:say"))).toMatchObject({ value: '"two"' });
    expect(heard).toEqual([runtime.deployment()?.version]);
  });

  test.each<[string, Partial<FakeProject>, RegExp]>([
    ["that is broken", { broken: "syntax error in a.ts" }, /syntax error/],
    ["whose schema the data does not match", { schema: schemaOf("string") }, /does not match/],
    [
      "with a cron of a function that is not there",
      {
        crons: [
          {
            name: "x",
            functionName: "no:where",
            args: [{}],
            schedule: { type: "hourly", minuteUTC: 0 },
          },
        ],
      },
      /does not exist/,
    ],
    [
      "with a cron that can never run",
      {
        crons: [
          {
            name: "x",
            functionName: "a:add",
            args: [{}],
            schedule: { type: "cron", cron: "0 0 31 2 *" },
          },
        ],
      },
      /never match/,
    ],
  ])(
    "%s is refused, and what was served goes on, also after a restart",
    async (_what, parts, message) => {
      const folder = temporaryFolder();
      const { runtime } = await open(folder);
      await runtime.deploy(push(says("one")));
      await runtime.mutation(request("a:add"));
      await expect(runtime.deploy(push({ ...says("two"), ...parts }))).rejects.toThrow(message);
      expect(await runtime.query(request("a:say"))).toMatchObject({ value: '"one"' });
      expect((await runtime.mutation(request("a:add"))).ok).toBe(true);
      await runtime.close();

      const again = await open(folder);
      expect(await again.runtime.query(request("a:say"))).toMatchObject({ value: '"one"' });
      expect(await again.runtime.query(request("a:count"))).toMatchObject({ value: "2" });
    },
  );

  test("fills the indexes of a new schema, and good data passes", async () => {
    const { runtime, committer } = await serve(says("one"));
    await runtime.mutation(request("a:add"));
    await runtime.deploy(push({ ...says("two"), schema: schemaOf("number") }));
    const { value } = await committer.submit((tx) => ({
      commit: false,
      value: tx.list("", { table: "notes", index: "by_n", prefix: [1] }, { limit: 5 }).length,
    }));
    expect(value).toBe(1);
    expect((await runtime.mutation(request("a:add"))).ok).toBe(true);
    expect((await runtime.mutation(request("a:addText"))).ok).toBe(false);
  });

  test("runs live queries again when it serves, and not for each step before", async () => {
    let runs = 0;
    const counted: FakeFunction = { kind: "query", run: () => ++runs };
    const project = { functions: { ...says("one").functions, "a:counted": counted } };
    const { runtime, committer } = await serve(project);
    await committer.submit((tx) => {
      for (let n = 0; n < 2_000; n++) tx.insert("", "notes", { n });
      return { commit: true, value: null };
    });
    runtime.live.watch(request("a:counted"));
    const before = runs;
    await runtime.deploy(push({ ...project, schema: schemaOf("number") }));
    await expect.poll(() => runs).toBe(before + 1);
  });

  test("that cannot be stored fails with that reason, also when cleaning up fails", async () => {
    let failures = 0;
    let isArmed = false;
    let isFull = false;
    const { runtime } = await serve(says("one"), {
      wrapStore: (store) =>
        new Proxy(store, {
          get(target, name) {
            if (name === "setSetting") {
              return (key: string, value: string | null) => {
                if (key === "push") isFull = isArmed;
                target.setSetting(key, value);
              };
            }
            if (name === "commit" && isFull) {
              return () => {
                throw new Error(`full ${++failures}`);
              };
            }
            const value = Reflect.get(target, name, target) as unknown;
            return typeof value === "function" ? (value.bind(target) as unknown) : value;
          },
        }),
    });
    await runtime.mutation(request("a:add"));
    isArmed = true;
    const refused = runtime.deploy(push({ ...says("two"), schema: schemaOf("number") }));
    await expect(refused).rejects.toThrow("full 1");
    expect(failures).toBe(2);
    isFull = false;
    expect(await runtime.query(request("a:say"))).toMatchObject({ value: '"one"' });
    expect((await runtime.mutation(request("a:addText"))).ok).toBe(true);
  });
});

test("a restart keeps the push, the data and the environment", async () => {
  const folder = temporaryFolder();
  const first = await open(folder);
  await first.runtime.deploy(push(says("kept")));
  await first.runtime.mutation(request("a:add"));
  await first.runtime.setEnvironment({ NAME: "value", GONE: "x" });
  await first.runtime.setEnvironment({ GONE: null });
  await first.runtime.close();

  const { runtime } = await open(folder);
  expect(await runtime.query(request("a:say"))).toMatchObject({ value: '"kept"' });
  expect(await runtime.query(request("a:count"))).toMatchObject({ value: "1" });
  expect(runtime.environment()).toEqual({ NAME: "value" });
});

test("a bad change of the environment changes nothing", async () => {
  const { runtime } = await serve(says("one"), {
    systemEnvironment: () => ({ CONVEX_SITE_URL: "http://site" }),
  });
  const bad = [{ "no spaces": "x" }, { A: "x".repeat(9_000) }, { CONVEX_SITE_URL: "x" }];
  for (const change of bad) {
    await expect(runtime.setEnvironment({ GOOD: "y", ...change })).rejects.toThrow();
  }
  expect(runtime.environment()).toEqual({});
});

describe("access", () => {
  const project: FakeProject = {
    functions: {
      "a:open": { kind: "query", run: () => 1 },
      "a:default": { kind: "query", run: () => "default" },
      "a:inner": { kind: "query", visibility: "internal", run: () => 2 },
      "a:change": { kind: "mutation", run: () => 3 },
    },
  };

  test.each(["a:open", "a.js:open"])("a public function answers to %s", async (path) => {
    const { runtime } = await serve(project);
    expect(await runtime.query(request(path))).toMatchObject({ ok: true, value: "1" });
    expect(await runtime.run(request(path))).toMatchObject({ ok: true, value: "1" });
  });

  test("a module alone means its default export", async () => {
    const { runtime } = await serve(project);
    expect(await runtime.query(request("a"))).toMatchObject({ value: '"default"' });
  });

  test("internal functions are an admin's, and missing for all others", async () => {
    const { runtime } = await serve(project);
    expect(await runtime.query(asAdmin(request("a:inner")))).toMatchObject({ value: "2" });
    const missing = "Did you forget to run `npx convex dev` or `npx convex deploy`?";
    for (const path of ["a:inner", "a:nothing"]) {
      await expect(runtime.query(request(path))).rejects.toThrow(
        `Could not find public function for '${path}'. ${missing}`,
      );
      await expect(runtime.run(request(path))).rejects.toThrow(/^Could not find function/);
    }
  });

  test("no one but an admin names a component", async () => {
    const { runtime } = await serve(project);
    const asked = { ...request("a:open"), componentPath: "inner" };
    await expect(runtime.query(asked)).rejects.toThrow(/Could not find/);
  });

  test("a function of another kind is said to be one", async () => {
    const { runtime } = await serve(project);
    await expect(runtime.query(request("a:change"))).rejects.toThrow(
      "Trying to execute a.js:change as Query, but it is defined as Mutation.",
    );
  });

  test.each(["[]", "1", "null", "{", '{"$integer":"AA=="}'])(
    "%s is no arguments object",
    async (args) => {
      const { runtime } = await serve(project);
      await expect(runtime.query({ ...request("a:open"), args })).rejects.toThrow(/arguments/);
      await expect(runtime.mutation({ ...request("a:change"), args })).rejects.toThrow(/arguments/);
    },
  );
});

test("each function that ran is in the log, with its error", async () => {
  const fails: FakeFunction = {
    kind: "mutation",
    run() {
      throw new Error("boom");
    },
  };
  const { runtime } = await serve({ functions: { "a:fails": fails, "a:count": count } });
  const entries: LogEntry[] = [];
  runtime.onLog((entry) => entries.push(entry));
  await runtime.mutation(request("a:fails"));
  await runtime.query(request("a:count"));
  expect(entries.map(({ path, kind, error }) => ({ path, kind, error }))).toEqual([
    { path: "a:fails", kind: "mutation", error: "Uncaught Error: boom" },
    { path: "a:count", kind: "query", error: null },
  ]);
});

test("closing lets a running action and its mutations end, and takes nothing new", async () => {
  let finish = () => {};
  const slow: FakeFunction = {
    kind: "action",
    async run({ call, host }) {
      await new Promise<void>((resolve) => (finish = resolve));
      const spec = host.resolve({
        from: "",
        functionHandle: toHandle({ componentPath: "", name: "a:add" }),
      });
      return (await host.run("mutation", { ...call, spec })).ok;
    },
  };
  const { runtime } = await serve({
    functions: { "a:slow": slow, "a:add": add, "a:count": count },
  });
  const running = runtime.action(request("a:slow"));
  await new Promise((resolve) => setTimeout(resolve, 10));
  const closed = runtime.close({ graceMs: 5_000 });
  await expect(runtime.query(request("a:count"))).rejects.toThrow(/shutting down/);
  await expect(runtime.mutation(request("a:add"))).rejects.toThrow(/shutting down/);
  finish();
  expect(await running).toMatchObject({ ok: true, value: "true" });
  await closed;
});
