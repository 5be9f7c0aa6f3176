import { describe, expect, onTestFinished, test, vi } from "vitest";
import { CommitError } from "../../../src/embedded/runtime/types";
import { StoreError, type Store } from "../../../src/embedded/store/store";
import { open, push, request, rows, serve, temporaryFolder, type FakeProject } from "./fakeProject";

const project: FakeProject = {
  functions: {
    "notes:add": {
      kind: "mutation",
      run: ({ tx }, { text }) => tx.insert("", "notes", { text: text! }),
    },
    "notes:addAndFail": {
      kind: "mutation",
      run({ tx }) {
        tx.insert("", "notes", { text: "must vanish" });
        throw new Error("on purpose");
      },
    },
    "notes:nothing": { kind: "mutation", run: () => null },
    "notes:list": { kind: "query", run: ({ tx }) => rows(tx, "notes").map((row) => row["text"]!) },
  },
};

const texts = async (runtime: Awaited<ReturnType<typeof serve>>["runtime"]) => {
  const reply = await runtime.query(request("notes:list"));
  return reply.ok ? (JSON.parse(reply.value) as string[]) : reply.error.message;
};

/** A store whose commits can be made to fail, and that counts those that succeed. */
function faulty() {
  const faults = { failNextCommit: 0, failThirdWrite: 0, commits: 0 };
  const full = () => new StoreError("disk_full", "No room left");
  const wrapStore = (store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        if (name === "commit" && faults.failNextCommit > 0) {
          return () => {
            faults.failNextCommit = 0;
            throw full();
          };
        }
        if (name === "write" && faults.failThirdWrite > 0) {
          faults.failThirdWrite--;
          if (faults.failThirdWrite === 0) {
            return () => {
              throw full();
            };
          }
        }
        if (name === "commit") faults.commits++;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  return { faults, wrapStore };
}

describe("a batch", () => {
  test("shares commits, keeps its order and gives each mutation a later timestamp", async () => {
    const { faults, wrapStore } = faulty();
    const { runtime } = await serve(project, { wrapStore });
    // A batch ends after some milliseconds, of which none pass here.
    const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
    onTestFinished(() => clock.mockRestore());
    const before = faults.commits;
    const numbers = Array.from({ length: 50 }, (_, number) => `${number}`);
    const replies = await Promise.all(
      numbers.map((text) => runtime.mutation(request("notes:add", { text }))),
    );
    expect(faults.commits - before).toBe(1);
    const times = replies.map((reply) => reply.tsMicros);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(await texts(runtime)).toEqual(numbers);
  });

  test("is not spoiled by a mutation that fails", async () => {
    const { runtime } = await serve(project);
    const [first, failed, last] = await Promise.all([
      runtime.mutation(request("notes:add", { text: "a" })),
      runtime.mutation(request("notes:addAndFail")),
      runtime.mutation(request("notes:add", { text: "b" })),
    ]);
    expect([first.ok, failed.ok, last.ok]).toEqual([true, false, true]);
    expect(await texts(runtime)).toEqual(["a", "b"]);
  });

  test.each(["failNextCommit", "failThirdWrite"] as const)(
    "that meets a full disk (%s) is refused whole, and the runtime goes on",
    async (fault) => {
      const { faults, wrapStore } = faulty();
      const { runtime } = await serve(project, { wrapStore });
      await runtime.mutation(request("notes:add", { text: "before" }));
      const watch = runtime.live.watch(request("notes:list"));
      faults[fault] = 3;
      const outcomes = await Promise.allSettled(
        ["a", "b", "c"].map((text) => runtime.mutation(request("notes:add", { text }))),
      );
      for (const outcome of outcomes) {
        expect(outcome.status).toBe("rejected");
        expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(CommitError);
        expect(String((outcome as PromiseRejectedResult).reason)).toMatch(/No room left/);
      }
      expect(await texts(runtime)).toEqual(["before"]);
      await runtime.mutation(request("notes:add", { text: "after" }));
      expect(await texts(runtime)).toEqual(["before", "after"]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(watch.reply).toMatchObject({ ok: true, value: '["before","after"]' });
    },
  );

  test("whose first insert makes a table takes the table back when the disk is full", async () => {
    const { faults, wrapStore } = faulty();
    const folder = temporaryFolder();
    const { runtime } = await open(folder, { wrapStore });
    await runtime.deploy(push(project));
    faults.failNextCommit = 1;
    await expect(runtime.mutation(request("notes:add", { text: "lost" }))).rejects.toThrow(
      CommitError,
    );
    expect((await runtime.mutation(request("notes:add", { text: "kept" }))).ok).toBe(true);
    expect(await texts(runtime)).toEqual(["kept"]);
    await runtime.close();
    expect(await texts((await open(folder)).runtime)).toEqual(["kept"]);
  });
});

test("a mutation that writes nothing is as new as what it saw, so that its caller need not wait", async () => {
  const { runtime } = await serve(project);
  const { tsMicros } = await runtime.mutation(request("notes:add", { text: "a" }));
  expect((await runtime.mutation(request("notes:nothing"))).tsMicros).toBe(tsMicros);
});

test("timestamps go on growing after a restart, also when the clock was set back", async () => {
  const folder = temporaryFolder();
  const first = await open(folder);
  await first.runtime.deploy(push(project));
  const before = await first.runtime.mutation(request("notes:add", { text: "a" }));
  await first.runtime.close();

  const realNow = Date.now;
  Date.now = () => realNow() - 3_600_000;
  try {
    const second = await open(folder);
    const after = await second.runtime.mutation(request("notes:add", { text: "b" }));
    expect(after.tsMicros).toBeGreaterThan(before.tsMicros);
    expect(await texts(second.runtime)).toEqual(["a", "b"]);
  } finally {
    Date.now = realNow;
  }
});

describe("a request that a client sends again", () => {
  const client = { sessionId: "s", requestId: 7 };
  const again = (text: string) => ({ ...request("notes:add", { text }), client });

  test("gets the first reply and changes nothing, also in the same batch and after a restart", async () => {
    const folder = temporaryFolder();
    const first = await open(folder);
    await first.runtime.deploy(push(project));
    const [reply, repeated] = await Promise.all([
      first.runtime.mutation(again("a")),
      first.runtime.mutation(again("b")),
    ]);
    expect(reply.ok).toBe(true);
    expect(repeated).toEqual(reply);
    await first.runtime.close();

    const second = await open(folder);
    expect(await second.runtime.mutation(again("c"))).toEqual(reply);
    expect(await texts(second.runtime)).toEqual(["a"]);
  });

  test("gets a reply back that is larger than a document may be", async () => {
    const text = "ünïcödé 🙂 ".repeat(200_000);
    const big: FakeProject = { functions: { "big:echo": { kind: "mutation", run: () => text } } };
    const { runtime } = await serve(big);
    const reply = await runtime.mutation({ ...request("big:echo"), client });
    expect(reply).toMatchObject({ ok: true, value: JSON.stringify(text) });
    expect(await runtime.mutation({ ...request("big:echo"), client })).toEqual(reply);
  });

  test("is told apart by session and number", async () => {
    const { runtime } = await serve(project);
    await runtime.mutation(again("a"));
    await runtime.mutation({ ...again("b"), client: { sessionId: "s", requestId: 8 } });
    await runtime.mutation({ ...again("c"), client: { sessionId: "t", requestId: 7 } });
    expect(await texts(runtime)).toEqual(["a", "b", "c"]);
  });

  test("runs again when the first run failed: that one changed nothing", async () => {
    const { runtime } = await serve(project);
    const failed = await runtime.mutation({ ...request("notes:addAndFail"), client });
    expect(failed.ok).toBe(false);
    expect((await runtime.mutation(again("now"))).ok).toBe(true);
    expect(await texts(runtime)).toEqual(["now"]);
  });
});
