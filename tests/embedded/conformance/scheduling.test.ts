/** Scheduled functions, on convex-test and on the embedded runtime. */
import { anyApi } from "convex/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, DRIVERS, EDGE_DIFFERENCES } from "./drivers";

const api = anyApi as Record<string, Record<string, never>>;
const fn = (name: string): never => api["scheduling"]![name]!;
type Row = {
  name: string;
  args: unknown[];
  scheduledTime: number;
  completedTime?: number;
  state: { kind: string };
};
const FAR_MS = 3_600_000;

describe.each(DRIVERS)("$name", ({ name: driver, open }) => {
  let t: Backend;
  beforeAll(async () => {
    t = await open();
  });
  afterAll(async () => await t.close());

  const row = async (id: unknown) => (await t.query(fn("row"), { id })) as Row;
  const names = async () => (await t.query(api["jobs"]!["names"]!)) as string[];
  const become = async (id: unknown, kind: string) =>
    await expect.poll(async () => (await row(id)).state.kind).toBe(kind);

  test.each([false, true])("runAt takes a time (as a Date: %s)", async (asDate) => {
    const time = Date.now() + FAR_MS;
    const id = await t.mutation(fn("at"), { name: "later", time, asDate, data: [1n, null] });
    const { name, args, scheduledTime, completedTime, state } = await row(id);
    expect({ args, scheduledTime, completedTime, state }).toEqual({
      args: [{ name: "later", data: [1n, null] }],
      scheduledTime: time,
      completedTime: undefined,
      state: { kind: "pending" },
    });
    expect(name).toMatch(/^scheduling(\.js)?:note$/);
    expect(await t.query(fn("pending"))).toContain(id);
    await t.mutation(fn("cancel"), { id });
  });

  test("a time that has passed is now", async () => {
    const time = Date.now() - 60_000;
    const id = await t.mutation(fn("at"), { name: "long due", time, asDate: false });
    await become(id, "success");
    expect((await row(id)).scheduledTime).toBe(time);
    await expect.poll(names).toContain("long due for nobody");
  });

  test(EDGE_DIFFERENCES.completedTime, async () => {
    const time = Date.now();
    const id = await t.mutation(fn("after"), { name: "timed", delayMs: 0 });
    await become(id, "success");
    const { completedTime } = await row(id);
    if (driver === "embedded") expect(completedTime).toBeGreaterThanOrEqual(time);
    else expect(completedTime).toBeUndefined();
  });

  test("a job may schedule the next", async () => {
    await t.mutation(fn("start"), { name: "chain", count: 3 });
    await expect
      .poll(async () => (await names()).filter((name) => name.startsWith("chain")))
      .toEqual(["chain 3", "chain 2", "chain 1", "chain 0"]);
  });

  test("jobs run for nobody, whoever scheduled them", async () => {
    const ann = t.withIdentity({ subject: "ann", issuer: "https://issuer.test" });
    const id = await ann.mutation(fn("after"), { name: "whose", delayMs: 0 });
    await become(id, "success");
    expect(await names()).toContain("whose for nobody");
  });

  test("what is cancelled in the same mutation does not run", async () => {
    const id = await t.mutation(fn("scheduleAndCancel"), { name: "unborn" });
    expect((await row(id)).state.kind).toBe("canceled");
    const later = await t.mutation(fn("after"), { name: "after the unborn", delayMs: 0 });
    await become(later, "success");
    expect(await names()).not.toContain("unborn for nobody");
    expect((await row(id)).state.kind).toBe("canceled");
  });

  test("cancelling twice changes nothing", async () => {
    const far = await t.mutation(fn("after"), { name: "far", delayMs: FAR_MS });
    await t.mutation(fn("cancel"), { id: far });
    await t.mutation(fn("cancel"), { id: far });
    expect((await row(far)).state.kind).toBe("canceled");
  });

  test(EDGE_DIFFERENCES.cancelDone, async () => {
    const done = await t.mutation(fn("after"), { name: "done", delayMs: 0 });
    await become(done, "success");
    await t.mutation(fn("cancel"), { id: done });
    expect((await row(done)).state.kind).toBe(driver === "embedded" ? "success" : "canceled");
  });

  test("what a nested mutation scheduled goes with it when it fails", async () => {
    expect(await t.mutation(fn("scheduleInVain"), { name: "vain" })).toBe("caught");
    const later = await t.mutation(fn("after"), { name: "after the vain", delayMs: 0 });
    await become(later, "success");
    expect(await names()).not.toContain("vain");
  });

  test("an action schedules and cancels", async () => {
    const cancelled = await t.action(fn("fromAction"), { name: "acted" });
    await expect.poll(names).toContain("acted stays for nobody");
    expect((await row(cancelled)).state.kind).toBe("canceled");
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    "a delay of %d is refused",
    async (delayMs) => {
      await expect(t.mutation(fn("after"), { name: "never", delayMs })).rejects.toThrow(/delayMs/);
    },
  );
});
