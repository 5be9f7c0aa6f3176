import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Identity } from "../../../src/embedded/engine/types";
import type { Runtime, Watch } from "../../../src/embedded/runtime/types";
import type { Json } from "../../../src/embedded/values/json";
import {
  push,
  request,
  rows,
  serve,
  SystemFailure,
  type FakeFunction,
  type FakeProject,
} from "./fakeProject";

const advance = (runtime: Runtime) =>
  new Promise<number>((resolve) => {
    const stop = runtime.live.onAdvance((tsMicros) => {
      stop();
      resolve(tsMicros);
    });
    runtime.live.requestAdvance();
  });
const valueOf = (watch: Watch) => {
  if (!watch.reply.ok) throw new Error(watch.reply.error.message);
  return JSON.parse(watch.reply.value) as Json;
};
const user = (name: string): Identity => ({
  kind: "user",
  tokenIdentifier: `iss|${name}`,
  expiresAtMs: null,
  attributes: { name },
});

/** Rows of a group in a range of numbers, by an index: its runs count how precise the read set is. */
function counters() {
  const runs: string[] = [];
  const range: FakeFunction = {
    kind: "query",
    run({ tx }, { group, from, to }) {
      runs.push(JSON.stringify([group, from, to]));
      const source = { table: "items", index: "by_group", prefix: [group!] };
      const bounds = { lowerBound: from!, upperBound: to! };
      return tx.list("", { ...source, ...bounds }, { limit: 5 }).map((row) => row["n"]!);
    },
  };
  const project: FakeProject = {
    schema: {
      schemaValidation: false,
      tables: [
        {
          tableName: "items",
          indexes: [{ indexDescriptor: "by_group", fields: ["group", "n"] }],
          documentType: null,
        },
      ],
    },
    functions: {
      "items:range": range,
      "items:put": {
        kind: "mutation",
        run: ({ tx }, { group, n }) => tx.insert("", "items", { group: group!, n: n! }),
      },
      "items:move": {
        kind: "mutation",
        run({ tx }, { at, group, n }) {
          const all = rows(tx, "items");
          const row = all[(at as number) % Math.max(all.length, 1)];
          if (row !== undefined) tx.patch("", row["_id"] as string, { group: group!, n: n! });
          return null;
        },
      },
      "items:drop": {
        kind: "mutation",
        run({ tx }, { at }) {
          const all = rows(tx, "items");
          const row = all[(at as number) % Math.max(all.length, 1)];
          if (row !== undefined) tx.delete("", row["_id"] as string);
          return null;
        },
      },
    },
  };
  return { project, runs };
}

test("after any writes, every watched query shows what a fresh run shows", async () => {
  const group = fc.constantFrom("a", "b");
  const n = fc.integer({ min: 0, max: 9 });
  const at = fc.nat(20);
  const write = fc.oneof(
    fc.record({ path: fc.constant("items:put"), args: fc.record({ group, n }) }),
    fc.record({ path: fc.constant("items:move"), args: fc.record({ at, group, n }) }),
    fc.record({ path: fc.constant("items:drop"), args: fc.record({ at }) }),
  );
  const query = fc.record({ group, from: n, to: n });
  await fc.assert(
    fc.asyncProperty(
      fc.array(query, { minLength: 1, maxLength: 6 }),
      fc.array(fc.array(write, { maxLength: 4 }), { maxLength: 6 }),
      async (queries, batches) => {
        const { project } = counters();
        const { runtime, committer } = await serve(project);
        const watches = queries.map((args) => runtime.live.watch(request("items:range", args)));
        for (const batch of batches) {
          await Promise.all(
            batch.map(({ path, args }) => runtime.mutation(request(path, args as never))),
          );
          await advance(runtime);
          const { value: fresh } = await committer.submit((tx) => ({
            commit: false,
            value: queries.map((args) =>
              (project.functions["items:range"] as FakeFunction & { kind: "query" }).run(
                { tx } as never,
                args,
              ),
            ),
          }));
          expect(watches.map(valueOf)).toEqual(fresh);
        }
        await runtime.close({ graceMs: 0 });
      },
    ),
    { numRuns: 25 },
  );
});

describe("watching", () => {
  test("runs a query again only when a commit touches what it read", async () => {
    const { project, runs } = counters();
    const { runtime } = await serve(project);
    const near = runtime.live.watch(request("items:range", { group: "a", from: 0, to: 4 }));
    const far = runtime.live.watch(request("items:range", { group: "a", from: 5, to: 9 }));
    const farReply = far.reply;
    runs.length = 0;
    await runtime.mutation(request("items:put", { group: "a", n: 2 }));
    await advance(runtime);
    expect(runs).toEqual(['["a",0,4]']);
    expect(valueOf(near)).toEqual([2]);
    expect(far.reply).toBe(farReply);
  });

  test("runs identical queries once, and keeps the very reply when nothing changed", async () => {
    const { project, runs } = counters();
    const { runtime } = await serve(project);
    for (const n of [0, 1, 2, 3, 4]) {
      await runtime.mutation(request("items:put", { group: "a", n }));
    }
    runs.length = 0;
    const args = { group: "a", from: 0, to: 9 };
    const watches = [1, 2, 3].map(() => runtime.live.watch(request("items:range", args)));
    const { reply } = watches[0]!;
    expect(runs).toHaveLength(1);
    // Row 4 leaves the range and comes back: read again, shown the same.
    await Promise.all([
      runtime.mutation(request("items:move", { at: 4, group: "b", n: 4 })),
      runtime.mutation(request("items:move", { at: 4, group: "a", n: 4 })),
    ]);
    await advance(runtime);
    expect(watches.map((watch) => watch.reply)).toEqual([reply, reply, reply]);
    for (const watch of watches) expect(watch.reply).toBe(reply);
    expect(runs).toHaveLength(2);
  });

  test("a closed watch runs no more", async () => {
    const { project, runs } = counters();
    const { runtime } = await serve(project);
    runtime.live.watch(request("items:range", { group: "a", from: 0, to: 9 })).close();
    runs.length = 0;
    await runtime.mutation(request("items:put", { group: "a", n: 1 }));
    await advance(runtime);
    expect(runs).toEqual([]);
  });

  test("a mutation's promise settles before listeners hear, and a new watch is never older than its neighbours", async () => {
    const { project } = counters();
    const { runtime } = await serve(project);
    const order: string[] = [];
    runtime.live.onAdvance(() => order.push("advance"));
    await advance(runtime);
    order.length = 0;
    const args = { group: "a", from: 0, to: 9 };
    const old = runtime.live.watch(request("items:range", args));
    const done = runtime.mutation(request("items:put", { group: "a", n: 1 })).then((reply) => {
      order.push("reply");
      const fresh = runtime.live.watch(request("items:range", { ...args, to: 8 }));
      expect([valueOf(old), valueOf(fresh)]).toEqual([[1], [1]]);
      expect(runtime.live.tsMicros()).toBe(reply.tsMicros);
    });
    await done;
    await advance(runtime);
    expect(order.slice(0, 2)).toEqual(["reply", "advance"]);
  });

  test("a missing function is a failed reply, and a push that brings it mends the watch", async () => {
    const { runtime } = await serve({ functions: {} });
    const watch = runtime.live.watch(request("later:get"));
    expect(watch.reply).toMatchObject({ ok: false });
    await runtime.deploy(
      push({ functions: { "later:get": { kind: "query", run: () => "here" } } }),
    );
    await advance(runtime);
    expect(valueOf(watch)).toBe("here");
  });
});

describe("sharing results between callers", () => {
  /** Looks at who calls only once there is a document to guard. */
  const guarded: FakeProject = {
    functions: {
      "doc:get": {
        kind: "query",
        run({ tx, call, observed }) {
          if (rows(tx, "docs").length === 0) return "empty";
          observed.identity = true;
          return call.identity.kind === "user" ? call.identity.attributes["name"]! : "nobody";
        },
      },
      "doc:add": { kind: "mutation", run: ({ tx }) => tx.insert("", "docs", {}) },
      "doc:clear": {
        kind: "mutation",
        run({ tx }) {
          for (const row of rows(tx, "docs")) tx.delete("", row["_id"] as string);
          return null;
        },
      },
    },
  };
  const as = (name: string) => ({ ...request("doc:get"), identity: user(name) });

  test("ends as soon as a run looks at the identity, and begins again when none does", async () => {
    const { runtime } = await serve(guarded);
    const [ann, bob] = [runtime.live.watch(as("ann")), runtime.live.watch(as("bob"))];
    expect([valueOf(ann), valueOf(bob)]).toEqual(["empty", "empty"]);
    expect(ann.reply).toBe(bob.reply);
    await runtime.mutation(request("doc:add"));
    await advance(runtime);
    expect([valueOf(ann), valueOf(bob)]).toEqual(["ann", "bob"]);
    expect(valueOf(runtime.live.watch(request("doc:get")))).toBe("nobody");
    await runtime.mutation(request("doc:clear"));
    await advance(runtime);
    expect([valueOf(ann), valueOf(bob)]).toEqual(["empty", "empty"]);
  });

  test("is kept for the same caller", async () => {
    let runs = 0;
    const own: FakeFunction = {
      kind: "query",
      run({ observed }) {
        observed.identity = true;
        return ++runs;
      },
    };
    const { runtime } = await serve({ functions: { "a:own": own } });
    const ask = (name: string) => ({ ...request("a:own"), identity: user(name) });
    const watches = ["ann", "bob", "ann"].map((name) => runtime.live.watch(ask(name)));
    expect(watches.map(valueOf)).toEqual([1, 2, 1]);
    expect(await runtime.query(ask("bob"))).toMatchObject({ value: "2" });
  });

  test("never hands an internal function's result to someone who may not call it", async () => {
    const secret: FakeFunction = { kind: "query", visibility: "internal", run: () => "secret" };
    const { runtime } = await serve({ functions: { "a:secret": secret } });
    const admin = { ...request("a:secret"), identity: { kind: "admin", actingAs: null } } as const;
    expect(valueOf(runtime.live.watch(admin))).toBe("secret");
    expect(runtime.live.watch(request("a:secret")).reply).toMatchObject({ ok: false });
    await expect(runtime.query(request("a:secret"))).rejects.toThrow(/Could not find/);
  });
});

test("watches of one query share a run that fails by our fault, and a later reader gets a new one", async () => {
  let runs = 0;
  let isBroken = true;
  const { runtime } = await serve({
    functions: {
      "a:fault": {
        kind: "query",
        run({ tx }) {
          runs++;
          rows(tx, "items");
          if (isBroken) throw new SystemFailure("stopped");
          return "fine";
        },
      },
      "a:put": { kind: "mutation", run: ({ tx }) => tx.insert("", "items", {}) },
    },
  });
  const watches = Array.from({ length: 20 }, () => runtime.live.watch(request("a:fault")));
  expect(runs).toBe(1);
  await runtime.mutation(request("a:put"));
  await advance(runtime);
  expect(runs).toBe(2);
  expect(watches.map(({ reply }) => reply.ok)).toEqual(watches.map(() => false));
  isBroken = false;
  await expect
    .poll(async () => await runtime.query(request("a:fault")))
    .toMatchObject({ ok: true, value: '"fine"' });
});
