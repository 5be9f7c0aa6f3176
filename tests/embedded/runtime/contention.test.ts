/** Mutations judged as if they ran side by side, through the runtime's doors. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Json, JsonObject } from "../../../src/embedded/values/json";
import { RequestError, type FunctionRequest } from "../../../src/embedded/runtime/types";
import { StoreError, type Store } from "../../../src/embedded/store/store";
import {
  open,
  push,
  request,
  rows,
  schedule,
  temporaryFolder,
  type FakeProject,
  type Opened,
} from "./fakeProject";

const WINDOW_MS = 10_000;

function hotProject() {
  const runs: string[] = [];
  const project: FakeProject = {
    functions: {
      "rows:make": {
        kind: "mutation",
        run: ({ tx }, { names }) =>
          (names as string[]).map((name) => tx.insert("", "counters", { name, count: 0 })),
      },
      "rows:bump": {
        kind: "mutation",
        run({ tx }, { id }) {
          runs.push(id as string);
          const row = tx.get("", id as string)!;
          tx.patch("", id as string, { count: (row["count"] as number) + 1 });
          return (row["count"] as number) + 1;
        },
      },
      "rows:read": { kind: "mutation", run: ({ tx }, { id }) => tx.get("", id as string) },
      "rows:fail": {
        kind: "mutation",
        run({ tx }, { id }) {
          tx.patch("", id as string, { count: -1 });
          throw new Error("on purpose");
        },
      },
      "rows:count": {
        kind: "mutation",
        run({ tx }, { from }) {
          const { length } = tx.list(
            "",
            { table: "counters", index: "by_creation_time", lowerBound: (from ?? 0) as Json },
            { limit: 100 },
          );
          tx.insert("", "counts", { length });
          return length;
        },
      },
      "rows:add": {
        kind: "mutation",
        run: ({ tx }) => tx.insert("", "counters", { name: "new", count: 0 }),
      },
      "rows:list": { kind: "query", run: ({ tx }) => rows(tx, "counters") },
      "rows:scheduleBumps": {
        kind: "mutation",
        run(ctx, { id, times }) {
          const row = ctx.tx.get("", id as string)!;
          ctx.tx.patch("", id as string, { count: row["count"]! });
          ctx.tx.patch("", id as string, { name: "scheduling" });
          for (let n = 0; n < (times as number); n++)
            schedule(ctx, "rows:bump", { args: { id } as JsonObject });
          return null;
        },
      },
      "rows:bumpAndScheduleAction": {
        kind: "mutation",
        run(ctx, { id }) {
          ctx.tx.patch("", id as string, { name: "scheduling" });
          return schedule(ctx, "rows:bumpTwice", { args: { id } as JsonObject });
        },
      },
      "rows:bumpTwice": {
        kind: "action",
        async run({ call, host }, { id, together }) {
          const bump = () =>
            host.run("mutation", {
              ...call,
              spec: host.resolve({ from: "", name: "rows:bump" }),
              args: JSON.stringify({ id }),
            });
          const outcomes =
            together === true ? await Promise.all([bump(), bump()]) : [await bump(), await bump()];
          return outcomes.map((outcome) => outcome.ok);
        },
      },
    },
  };
  return { project, runs };
}

type Options = NonNullable<Parameters<typeof open>[1]>;

/** A runtime whose pauses are over at once, and the ids of three rows that no commit has touched lately. */
async function serveHot(options: Options = {}) {
  const { project, runs } = hotProject();
  const pausesMs: number[] = [];
  const opened = await open(temporaryFolder(), {
    occWindowMs: WINDOW_MS,
    occPauses: {
      random: () => 0.5,
      after: (ms, run) => {
        pausesMs.push(ms);
        setImmediate(run);
        return () => {};
      },
    },
    ...options,
  });
  const { runtime } = opened;
  await runtime.deploy(push(project));
  const made = await runtime.mutation(request("rows:make", { names: ["a", "b", "c"] }));
  const ids = JSON.parse((made as { value: string }).value) as string[];
  // Commits within one millisecond are told apart by microseconds beyond it.
  later(WINDOW_MS + 1);
  const count = async (id: string) => {
    const reply = await runtime.query(request("rows:list"));
    const list = JSON.parse((reply as { value: string }).value) as { _id: string; count: number }[];
    return list.find((row) => row._id === id)!.count;
  };
  return { ...opened, ids: ids as [string, string, string], runs, pausesMs, count };
}

/** Moves the clock on. Only the clock is fake, not the timers. */
function later(ms: number): void {
  const now = Date.now() + ms;
  vi.useFakeTimers({ toFake: ["Date"], now });
  onTestFinished(() => void vi.useRealTimers());
}

let requests = 0;
/** A request of its own connection, unless it names one. */
const ask = (path: string, args: JsonObject, connection?: string): FunctionRequest => ({
  ...request(path, args),
  requestId: `request ${requests++}`,
  ...(connection === undefined ? {} : { connection }),
});

describe("a hot row", () => {
  test("each attempt lets one of the mutations through; after four retries the rest fail as at Convex", async () => {
    const { runtime, ids, runs, pausesMs, count } = await serveHot();
    const [id] = ids;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => runtime.mutation(ask("rows:bump", { id }))),
    );
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason as RequestError] : [],
    );
    expect(failures).toHaveLength(5);
    expect(await count(id)).toBe(5);
    expect(runs).toHaveLength(10 + 9 + 8 + 7 + 6);
    expect(pausesMs).toEqual([
      ...Array.from({ length: 9 }, () => 50),
      ...Array.from({ length: 8 }, () => 100),
      ...Array.from({ length: 7 }, () => 200),
      ...Array.from({ length: 6 }, () => 400),
    ]);
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(RequestError);
      expect(failure).toMatchObject({ status: 503, code: "OptimisticConcurrencyControlFailure" });
      expect(failure.message).toBe(
        'Documents read from or written to the "counters" table changed while this mutation was being ' +
          "run and on every subsequent retry. Another call to this mutation changed the document with " +
          `ID "${id}". See https://docs.convex.dev/error#1`,
      );
    }
    expect(runtime.meter().contention).toEqual({
      windowMs: WINDOW_MS,
      // One made the rows.
      judged: 1 + 40,
      conflicts: 35,
      failures: 5,
      lines: [
        {
          function: "rows:bump",
          component: "",
          table: "counters",
          index: "by_id",
          range: `_id = "${id}"`,
          conflicts: 35,
          failures: 5,
          changedBy: { "rows:bump": 35 },
        },
      ],
    });
  });

  test("is none when the writes are spread over rows", async () => {
    const { runtime, ids, runs } = await serveHot();
    await Promise.all(ids.map((id) => runtime.mutation(ask("rows:bump", { id }))));
    expect(runs).toHaveLength(3);
    expect(runtime.meter().contention).toMatchObject({ conflicts: 0, lines: [] });
  });

  test("is none without a window", async () => {
    const { runtime, ids, runs } = await serveHot({ occWindowMs: 0 });
    const [id] = ids;
    await Promise.all(Array.from({ length: 10 }, () => runtime.mutation(ask("rows:bump", { id }))));
    expect(runs).toHaveLength(10);
    expect(runtime.meter().contention).toBeNull();
  });

  test("is told to the log, attempt by attempt", async () => {
    const { runtime, ids } = await serveHot();
    const [id] = ids;
    const errors: string[] = [];
    runtime.onLog(({ path, error }) => void (error !== null && errors.push(`${path}: ${error}`)));
    await Promise.all([0, 1].map(() => runtime.mutation(ask("rows:bump", { id }))));
    expect(errors).toEqual([
      expect.stringMatching(/^rows:bump: Documents read from or written to/),
    ]);
  });
});

describe("a mutation conflicts", () => {
  const conflictsOf = ({ runtime }: Opened) => runtime.meter().contention!.conflicts;

  test.each([
    [WINDOW_MS - 1, 1],
    [WINDOW_MS, 0],
  ])("with what was committed %i ms ago: %i", async (agoMs, conflicts) => {
    const opened = await serveHot();
    const [id] = opened.ids;
    await opened.runtime.mutation(ask("rows:bump", { id }));
    later(agoMs);
    await opened.runtime.mutation(ask("rows:bump", { id }));
    expect(conflictsOf(opened)).toBe(conflicts);
  });

  test("with a document that came into a range it has read", async () => {
    const opened = await serveHot();
    await opened.runtime.mutation(ask("rows:add", {}));
    await opened.runtime.mutation(ask("rows:count", {}));
    expect(opened.runtime.meter().contention!.lines).toMatchObject([
      {
        function: "rows:count",
        table: "counters",
        index: "by_creation_time",
        changedBy: { "rows:add": 1 },
      },
    ]);
  });

  test("not with documents outside of its ranges", async () => {
    const opened = await serveHot();
    const { runtime, ids } = opened;
    await runtime.mutation(ask("rows:bump", { id: ids[0] }));
    await runtime.mutation(ask("rows:count", { from: Date.now() }));
    await runtime.mutation(ask("rows:bump", { id: ids[1] }));
    expect(conflictsOf(opened)).toBe(0);
  });

  test("not when it wrote nothing or failed by itself", async () => {
    const opened = await serveHot();
    const { runtime, ids } = opened;
    await runtime.mutation(ask("rows:bump", { id: ids[0] }));
    const read = await runtime.mutation(ask("rows:read", { id: ids[0] }));
    const failed = await runtime.mutation(ask("rows:fail", { id: ids[0] }));
    expect([read.ok, failed.ok, conflictsOf(opened)]).toEqual([true, false, 0]);
  });

  test("not with what its own caller did and was told of before, nor with what came before that", async () => {
    const opened = await serveHot();
    const { runtime, ids } = opened;
    const [id] = ids;
    for (let n = 0; n < 3; n++) await runtime.mutation(ask("rows:bump", { id }, "connection a"));
    expect(conflictsOf(opened)).toBe(0);
    await runtime.mutation(ask("rows:bump", { id: ids[1] }, "connection b"));
    await runtime.mutation(ask("rows:bump", { id }, "connection b"));
    expect(conflictsOf(opened)).toBe(0);
    await runtime.mutation(ask("rows:bump", { id }, "connection a"));
    expect(conflictsOf(opened)).toBe(1);
  });

  test("not with what its caller's action did, nor the action with what its caller did before", async () => {
    const opened = await serveHot();
    const { runtime, ids } = opened;
    const [id] = ids;
    await runtime.mutation(ask("rows:bump", { id }, "one"));
    await runtime.action(ask("rows:bumpTwice", { id }, "one"));
    await runtime.mutation(ask("rows:bump", { id }, "one"));
    expect(conflictsOf(opened)).toBe(0);
    await runtime.action(ask("rows:bumpTwice", { id }, "another"));
    expect(conflictsOf(opened)).toBe(1);
  });

  test("with another of the same caller that was asked for at the same time", async () => {
    const opened = await serveHot();
    const [id] = opened.ids;
    await Promise.all([0, 1].map(() => opened.runtime.mutation(ask("rows:bump", { id }, "one"))));
    expect(conflictsOf(opened)).toBe(1);
  });

  test.each([
    [false, 0],
    [true, 1],
  ])("with the others of its action that run together (%o): %i", async (together, conflicts) => {
    const opened = await serveHot();
    const [id] = opened.ids;
    const reply = await opened.runtime.action(ask("rows:bumpTwice", { id, together }));
    expect(reply).toMatchObject({ ok: true, value: "[true,true]" });
    expect(conflictsOf(opened)).toBe(conflicts);
  });

  test("not with a commit that was undone", async () => {
    let failures = 0;
    const wrapStore = (store: Store): Store =>
      new Proxy(store, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (name === "commit" && failures > 0) {
            return () => {
              failures--;
              throw new StoreError("disk_full", "No room left");
            };
          }
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      });
    const opened = await serveHot({ wrapStore } as Options);
    const [id] = opened.ids;
    failures = 1;
    await expect(opened.runtime.mutation(ask("rows:bump", { id }))).rejects.toThrow(/No room/);
    await opened.runtime.mutation(ask("rows:bump", { id }));
    expect(conflictsOf(opened)).toBe(0);
    expect(await opened.count(id)).toBe(1);
  });
});

describe("scheduled functions", () => {
  test("come after what scheduled them, and run until they are through", async () => {
    const opened = await serveHot();
    const { runtime, ids, count } = opened;
    const [id] = ids;
    await runtime.mutation(ask("rows:scheduleBumps", { id, times: 1 }));
    await expect.poll(() => count(id)).toBe(1);
    expect(runtime.meter().contention!.conflicts).toBe(0);

    await runtime.mutation(ask("rows:bumpAndScheduleAction", { id }, "elsewhere"));
    await expect.poll(() => count(id)).toBe(3);
    expect(runtime.meter().contention!.lines).toMatchObject([
      { function: "rows:bumpAndScheduleAction", conflicts: 1 },
    ]);

    await runtime.mutation(ask("rows:scheduleBumps", { id: ids[1], times: 12 }));
    await expect.poll(() => count(ids[1])).toBe(12);
    const { contention } = runtime.meter();
    expect(contention!.failures).toBe(0);
    // More than a call's four retries would have let through.
    expect(contention!.conflicts).toBeGreaterThan(4 * 12 - 10);
  });
});

test("a mutation that waits to run again is refused when the runtime stops", async () => {
  const opened = await serveHot({ occPauses: { after: () => () => {} } });
  const [id] = opened.ids;
  await opened.runtime.mutation(ask("rows:bump", { id }));
  const waiting = opened.runtime.mutation(ask("rows:bump", { id }));
  await expect.poll(() => opened.runtime.meter().contention!.conflicts).toBe(1);
  const refused = expect(waiting).rejects.toMatchObject({ status: 503, code: "ShuttingDown" });
  await opened.runtime.close({ graceMs: 0 });
  await refused;
});
