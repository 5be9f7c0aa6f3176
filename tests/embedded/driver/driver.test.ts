import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anyApi, type GenericActionCtx, type GenericDataModel } from "convex/server";
import { ConvexError } from "convex/values";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createRuntime } from "../../../src/embedded/runtime/createRuntime";
import { embeddedTest, type EmbeddedTest } from "./embeddedTest";

const PROJECT = "tests/fixtures/projects/conformance";
const fn = (module: string, name: string) => anyApi[module]![name]! as never;

test("a runtime on real code serves its last push after a restart, without the project", async () => {
  const data = mkdtempSync(join(tmpdir(), "driver-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const first = await embeddedTest({ project: PROJECT, data });
  await first.run(async (ctx) => await ctx.db.insert("people", { name: "kept" }));
  await first.close();

  const runtime = await createRuntime({ folder: data });
  const reply = await runtime.query({
    path: "jobs:names",
    args: "{}",
    identity: { kind: "none" },
    requestId: "test",
    request: { ip: null, userAgent: null },
  });
  expect(reply).toMatchObject({ ok: true, value: '["kept"]' });
  await runtime.close();
});

describe("the in-process driver", () => {
  let t: EmbeddedTest;
  beforeEach(async () => {
    t = await embeddedTest({ project: PROJECT, environment: { NAME: "set" } });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await t.close();
  });

  test("run writes and reads any table, and calls functions in the same transaction", async () => {
    const names = await t.run(async (ctx) => {
      await ctx.db.insert("people", { name: "written in place" });
      return (await ctx.runQuery(fn("jobs", "names"))) as unknown as string[];
    });
    expect(names).toEqual(["written in place"]);
    expect(await t.query(fn("jobs", "names"))).toEqual(["written in place"]);
  });

  test("run that throws writes nothing, and the runtime goes on", async () => {
    const failed = t.run(async (ctx) => {
      await ctx.db.insert("people", { name: "gone" });
      throw new ConvexError({ kind: "refused" });
    });
    await expect(failed).rejects.toThrow(ConvexError);
    expect(await t.query(fn("jobs", "names"))).toEqual([]);
    await t.run(async (ctx) => await ctx.db.insert("people", { name: "after" }));
    expect(await t.query(fn("jobs", "names"))).toEqual(["after"]);
  });

  test("mutations wait while run holds the database", async () => {
    let release = () => {};
    const held = t.run(async (ctx) => {
      await new Promise<void>((resolve) => (release = resolve));
      await ctx.db.insert("people", { name: "first" });
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    const waiting = t.mutation(fn("jobs", "schedule"), {
      name: "x",
      delayMs: 1e6,
      how: "mutation",
    });
    const early = await Promise.race([
      waiting,
      new Promise((r) => setTimeout(() => r("waits"), 20)),
    ]);
    expect(early).toBe("waits");
    release();
    await held;
    expect(typeof (await waiting)).toBe("string");
  });

  test("run sees the caller, and schedules", async () => {
    const ann = t.withIdentity({ subject: "ann", name: "Ann" });
    const identity = await ann.run(async (ctx) => {
      await ctx.scheduler.runAfter(0, fn("jobs", "greet"), { name: "scheduled in place" } as never);
      return await ctx.auth.getUserIdentity();
    });
    expect(identity).toMatchObject({ subject: "ann", name: "Ann" });
    await expect.poll(() => t.query(fn("jobs", "names"))).toEqual(["scheduled in place"]);
  });

  test("an action in place schedules, and takes back what it scheduled", async () => {
    await t.action((async (ctx: GenericActionCtx<GenericDataModel>) => {
      const args = { name: "stays" } as never;
      await ctx.scheduler.runAfter(0, fn("jobs", "greet"), args);
      const later = await ctx.scheduler.runAfter(50, fn("jobs", "greet"), {
        name: "goes",
      } as never);
      await ctx.scheduler.cancel(later);
    }) as never);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await t.finishInProgressScheduledFunctions();
    expect(await t.query(fn("jobs", "names"))).toEqual(["stays"]);
  });

  test("finishAllScheduledFunctions runs what is days away on a fake clock", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    const delayMs = 3 * 24 * 3_600_000;
    await t.mutation(fn("jobs", "schedule"), { name: "later", delayMs, how: "mutation" });
    await t.mutation(fn("jobs", "schedule"), { name: "acted", delayMs, how: "action" });
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect((await t.query(fn("jobs", "names"))) as string[]).toEqual(
      expect.arrayContaining(["later", "acted"]),
    );
  });
});
