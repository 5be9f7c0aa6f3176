import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Transaction } from "../../../src/embedded/engine/types";
import { readJobRow, type JobRow } from "../../../src/embedded/runtime/jobs";
import { sweepOnce } from "../../../src/embedded/runtime/retention";
import {
  open,
  push,
  request,
  rows,
  schedule,
  serve,
  SystemFailure,
  temporaryFolder,
  type FakeProject,
  type Opened,
  type TransactionCtx,
} from "./fakeProject";

const DAY_MS = 24 * 3_600_000;
const note = (tx: Transaction, text: string) => tx.insert("", "notes", { text });

/** Actions in these tests end when the test says so. */
function gates() {
  const opened = new Map<string, () => void>();
  const passed = new Map<string, Promise<void>>();
  const of = (name: string) => {
    if (!passed.has(name)) {
      passed.set(name, new Promise((resolve) => opened.set(name, () => resolve())));
    }
    return passed.get(name)!;
  };
  return { wait: of, open: (name: string) => (void of(name), opened.get(name)!()) };
}

function jobProject() {
  const started: string[] = [];
  const gate = gates();
  const startJob =
    (name: string, delayMs = 0) =>
    (ctx: TransactionCtx, args: { [key: string]: never }) =>
      schedule(ctx, name, { args, delayMs });
  const project: FakeProject = {
    functions: {
      "jobs:note": {
        kind: "mutation",
        visibility: "internal",
        run({ tx, call }, { text }) {
          started.push(text as string);
          const own = tx.get("", call.scheduledFunction!.id);
          note(tx, `${text as string} ${readJobRow(own!).state.kind}`);
          return null;
        },
      },
      "jobs:fail": {
        kind: "mutation",
        run({ tx }) {
          started.push("fail");
          note(tx, "must vanish");
          throw new Error("this job fails");
        },
      },
      "jobs:act": {
        kind: "action",
        async run(_ctx, { text }) {
          started.push(text as string);
          await gate.wait(text as string);
          return null;
        },
      },
      "jobs:actAndSchedule": {
        kind: "action",
        async run({ call, host }, { text }) {
          started.push("parent");
          await gate.wait("parent");
          const address = { from: "", name: "jobs:note" };
          const args = JSON.stringify({ text: text! });
          return await host.schedule({ address, args, atMs: Date.now() }, call);
        },
      },
      "jobs:cancelSelf": {
        kind: "mutation",
        run({ tx, call, host }) {
          host.cancelJob(tx, call.scheduledFunction!.id, call);
          return null;
        },
      },
      "later:note": { kind: "mutation", run: startJob("jobs:note") as never },
      "later:noteInAWeek": { kind: "mutation", run: startJob("jobs:note", 7 * DAY_MS) as never },
      "later:noteSoon": { kind: "mutation", run: startJob("jobs:note", 100) as never },
      "later:act": { kind: "mutation", run: startJob("jobs:act") as never },
      "later:actAndSchedule": { kind: "mutation", run: startJob("jobs:actAndSchedule") as never },
      "later:fail": { kind: "mutation", run: startJob("jobs:fail") as never },
      "later:cancelSelf": { kind: "mutation", run: startJob("jobs:cancelSelf") as never },
      "later:noteAndFail": {
        kind: "mutation",
        run(ctx) {
          schedule(ctx, "jobs:note", { args: { text: "ghost" } });
          throw new Error("the mutation fails");
        },
      },
      "later:missing": { kind: "mutation", run: (ctx) => schedule(ctx, "jobs:missing") },
      "later:tooFar": {
        kind: "mutation",
        run: (ctx) => schedule(ctx, "jobs:note", { delayMs: 6 * 366 * DAY_MS }),
      },
      "later:tooMany": {
        kind: "mutation",
        run(ctx) {
          for (let count = 0; count < 1_001; count++) schedule(ctx, "jobs:note");
          return null;
        },
      },
      "later:tooLarge": {
        kind: "mutation",
        run: (ctx) => schedule(ctx, "jobs:note", { args: { text: "x".repeat(5 << 20) } }),
      },
      "jobs:cancel": {
        kind: "mutation",
        run({ tx, call, host }, { id }) {
          host.cancelJob(tx, id as string, call);
          return null;
        },
      },
    },
  };
  return { project, started, gate };
}

async function call(opened: Opened, path: string, args = {}): Promise<string> {
  const reply = await opened.runtime.mutation(request(path, args));
  if (!reply.ok) throw new Error(reply.error.message);
  return JSON.parse(reply.value) as string;
}

async function read<T>({ committer }: Opened, body: (tx: Transaction) => T): Promise<T> {
  return (await committer.submit((tx) => ({ commit: false, value: body(tx) }))).value;
}
const jobs = (opened: Opened): Promise<JobRow[]> =>
  read(opened, (tx) => rows(tx, "_scheduled_functions").map(readJobRow));
const stateOf = (opened: Opened, id: string) =>
  read(opened, (tx) => readJobRow(tx.get("", id)!).state);
const notes = (opened: Opened) =>
  read(opened, (tx) => rows(tx, "notes").map((row) => row["text"] as string));

async function settled(opened: Opened): Promise<void> {
  await expect
    .poll(async () => {
      const states = (await jobs(opened)).map((row) => row.state.kind);
      return states.filter((kind) => kind === "pending" || kind === "inProgress");
    })
    .toEqual([]);
}

describe("a scheduled mutation", () => {
  test("runs once, sees itself in progress, and its success commits with its writes", async () => {
    const { project } = jobProject();
    const opened = await serve(project);
    const before = Date.now();
    await call(opened, "later:note", { text: "hello" });
    await settled(opened);
    expect(await notes(opened)).toEqual(["hello inProgress"]);
    const [job] = await jobs(opened);
    expect(job).toMatchObject({
      name: "jobs.js:note",
      args: [{ text: "hello" }],
      state: { kind: "success" },
    });
    expect(job!.scheduledTime).toBeGreaterThanOrEqual(before);
    expect(job!.completedTime).toBeGreaterThanOrEqual(job!.scheduledTime);
  });

  test("that fails is failed with its error, writes nothing and is not tried again", async () => {
    const { project, started } = jobProject();
    const opened = await serve(project);
    const id = await call(opened, "later:fail");
    await settled(opened);
    expect(await stateOf(opened, id)).toEqual({
      kind: "failed",
      error: "Uncaught Error: this job fails",
    });
    expect(await notes(opened)).toEqual([]);
    expect(started).toEqual(["fail"]);
  });

  test("of a mutation that failed never was", async () => {
    const { project } = jobProject();
    const opened = await serve(project);
    await opened.runtime.mutation(request("later:noteAndFail"));
    expect(await jobs(opened)).toEqual([]);
  });

  test("cannot cancel itself", async () => {
    const { project } = jobProject();
    const opened = await serve(project);
    const id = await call(opened, "later:cancelSelf");
    await settled(opened);
    expect(await stateOf(opened, id)).toMatchObject({
      kind: "failed",
      error: expect.stringContaining("cannot cancel itself") as string,
    });
  });

  test("survives a restart and then runs, once", async () => {
    const { project, started } = jobProject();
    const folder = temporaryFolder();
    const first = await open(folder);
    await first.runtime.deploy(push(project));
    const id = await call(first, "later:noteInAWeek", { text: "kept" });
    await first.runtime.close();

    const realNow = Date.now;
    Date.now = () => realNow() + 8 * DAY_MS;
    try {
      const second = await open(folder);
      await settled(second);
      expect(await stateOf(second, id)).toEqual({ kind: "success" });
      expect(await notes(second)).toEqual(["kept inProgress"]);
      expect(started).toEqual(["kept"]);
    } finally {
      Date.now = realNow;
    }
  });

  test("that fails by the runtime's fault is run again", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => said.mockRestore());
    let failures = 1;
    const { project } = jobProject();
    project.functions["jobs:note"] = {
      kind: "mutation",
      run({ tx }) {
        if (failures-- > 0) throw new SystemFailure("The server is stopping.");
        return note(tx, "done");
      },
    };
    const opened = await serve(project);
    await call(opened, "later:note", {});
    await settled(opened);
    expect(await notes(opened)).toEqual(["done"]);
    expect((await jobs(opened)).map((row) => row.state.kind)).toEqual(["success"]);
  });
});

describe("a scheduled action", () => {
  test("found in progress after a restart is failed and never run again", async () => {
    const { project, started } = jobProject();
    const folder = temporaryFolder();
    const first = await open(folder);
    await first.runtime.deploy(push(project));
    const id = await call(first, "later:act", { text: "stuck" });
    await expect.poll(() => stateOf(first, id)).toEqual({ kind: "inProgress" });
    await first.runtime.close({ graceMs: 0 });

    const second = await open(folder);
    expect(await stateOf(second, id)).toEqual({
      kind: "failed",
      error: "Transient error while executing action",
    });
    expect(started).toEqual(["stuck"]);
  });

  test("that is canceled while it runs stays canceled, and what it schedules is canceled at birth", async () => {
    const { project, gate, started } = jobProject();
    const opened = await serve(project);
    const id = await call(opened, "later:actAndSchedule", { text: "child" });
    await expect.poll(() => started).toEqual(["parent"]);
    await call(opened, "jobs:cancel", { id });
    gate.open("parent");
    await expect.poll(async () => (await jobs(opened)).length).toBe(2);
    await opened.scheduler.settled();
    expect((await jobs(opened)).map((row) => row.state.kind)).toEqual(["canceled", "canceled"]);
    expect(started).toEqual(["parent"]);
  });

  test("never keeps mutations waiting, and no more than the allowed number run at once", async () => {
    const { project, gate, started } = jobProject();
    const opened = await serve(project, { actionsMax: 2 });
    for (const text of ["a", "b", "c", "d"]) await call(opened, "later:act", { text });
    await call(opened, "later:note", { text: "mutation" });
    await expect.poll(() => notes(opened)).toEqual(["mutation inProgress"]);
    expect(started).toEqual(["a", "b", "mutation"]);
    for (const text of ["a", "b", "c", "d"]) gate.open(text);
    await settled(opened);
    expect(started).toEqual(["a", "b", "mutation", "c", "d"]);
  });
});

describe("cancelling", () => {
  test("a waiting job keeps it from running, and a finished one from changing", async () => {
    const { project } = jobProject();
    const opened = await serve(project);
    const waiting = await call(opened, "later:noteInAWeek", { text: "never" });
    const soon = await call(opened, "later:noteSoon", { text: "never" });
    await call(opened, "jobs:cancel", { id: soon });
    const done = await call(opened, "later:note", { text: "done" });
    await expect.poll(() => stateOf(opened, done)).toEqual({ kind: "success" });
    await call(opened, "jobs:cancel", { id: waiting });
    await call(opened, "jobs:cancel", { id: done });
    expect(await stateOf(opened, waiting)).toEqual({ kind: "canceled" });
    expect(await stateOf(opened, done)).toEqual({ kind: "success" });
    await expect.poll(() => opened.scheduler.counts().waiting).toBe(1);
    await opened.scheduler.settled();
    expect(await stateOf(opened, soon)).toEqual({ kind: "canceled" });
    expect(await notes(opened)).toEqual(["done inProgress"]);
  });

  test("takes only ids of scheduled functions", async () => {
    const { project } = jobProject();
    const opened = await serve(project);
    await expect(call(opened, "jobs:cancel", { id: "nonsense" })).rejects.toThrow(/not the id/);
  });
});

test.each([
  ["a function that does not exist", "later:missing", /Could not find/],
  ["a time that is years away", "later:tooFar", /5 years/],
  ["more than a thousand in one mutation", "later:tooMany", /Too many functions scheduled/],
  ["arguments of more than 4 MiB", "later:tooLarge", /too large/],
])("scheduling %s is refused, and nothing is scheduled", async (_what, path, message) => {
  const { project } = jobProject();
  const opened = await serve(project);
  await expect(call(opened, path)).rejects.toThrow(message);
  expect(await jobs(opened)).toEqual([]);
});

test("finished jobs go after a week, open ones stay", async () => {
  const { project } = jobProject();
  const opened = await serve(project);
  await call(opened, "later:note", { text: "old" });
  await settled(opened);
  await call(opened, "later:noteInAWeek", { text: "open" });
  const sweep = async (nowMs: number) => {
    await opened.committer.submit((tx) => ({
      commit: true,
      value: sweepOnce(tx, { componentPaths: [""], nowMs }),
    }));
    return (await jobs(opened)).map((row) => row.state.kind);
  };
  expect(await sweep(Date.now() + 6 * DAY_MS)).toEqual(["success", "pending"]);
  expect(await sweep(Date.now() + 8 * DAY_MS)).toEqual(["pending"]);
});

test("ten thousand due jobs all run, each once", { timeout: 60_000 }, async () => {
  const seen = new Map<number, number>();
  const project: FakeProject = {
    functions: {
      "many:one": {
        kind: "mutation",
        run(_ctx, { n }) {
          seen.set(n as number, (seen.get(n as number) ?? 0) + 1);
          return null;
        },
      },
      "many:schedule": {
        kind: "mutation",
        run(ctx, { from }) {
          for (let i = 0; i < 1_000; i++) {
            schedule(ctx, "many:one", { args: { n: (from as number) + i } });
          }
          return null;
        },
      },
    },
  };
  const opened = await serve(project);
  for (let from = 0; from < 10_000; from += 1_000) await call(opened, "many:schedule", { from });
  await expect.poll(() => seen.size, { timeout: 50_000 }).toBe(10_000);
  await opened.scheduler.settled();
  expect(new Set(seen.values())).toEqual(new Set([1]));
});

test("jobs wait while nothing is served, and run when a push brings their functions", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => said.mockRestore());
  const folder = temporaryFolder();
  const { project } = jobProject();
  const first = await open(folder);
  await first.runtime.deploy(push(project));
  await call(first, "later:noteSoon", { text: "kept" });
  await first.runtime.close();
  // The last push can no longer be analysed: a newer runtime is stricter, say.
  project.broken = "no longer understood";
  const second = await open(folder);
  expect(second.runtime.deployment()).toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await jobs(second)).map((row) => row.state.kind)).toEqual(["pending"]);
  delete project.broken;
  await second.runtime.deploy(push(project));
  await settled(second);
  expect(await notes(second)).toEqual(["kept inProgress"]);
});
