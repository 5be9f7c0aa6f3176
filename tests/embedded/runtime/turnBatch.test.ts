import { expect, test } from "vitest";
import { createTurnBatch } from "../../../src/embedded/runtime/turnBatch";

/** A guard that counts its runs. */
function countingGuard() {
  const counts = { guards: 0 };
  const guard = (run: () => void) => {
    counts.guards++;
    run();
  };
  return { counts, guard };
}

test("the work of one turn runs within one guard, in the order it came", async () => {
  const { counts, guard } = countingGuard();
  const batch = createTurnBatch(guard);
  const order: number[] = [];
  const done = [1, 2, 3].map((number) => batch.run(() => order.push(number)));
  expect(counts.guards).toBe(0);
  await Promise.all(done);
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([1, 2, 3]);
  expect(counts.guards).toBe(1);

  await batch.run(() => order.push(4));
  expect(counts.guards).toBe(2);
});

test("work that throws fails alone", async () => {
  const batch = createTurnBatch((run) => run());
  const results = await Promise.allSettled([
    batch.run(() => "before"),
    batch.run(() => {
      throw new Error("mine");
    }),
    batch.run(() => "after"),
  ]);
  expect(results).toMatchObject([
    { status: "fulfilled", value: "before" },
    { status: "rejected", reason: { message: "mine" } },
    { status: "fulfilled", value: "after" },
  ]);
});

test("what stops the guard fails the work that had not run, which then never runs", async () => {
  let isStopped = true;
  const batch = createTurnBatch((run) => {
    if (!isStopped) return run();
    isStopped = false;
    throw new Error("stopped");
  });
  const ran: number[] = [];
  const results = await Promise.allSettled([1, 2].map((n) => batch.run(() => ran.push(n))));
  expect(results).toMatchObject([
    { status: "rejected", reason: { message: "stopped" } },
    { status: "rejected", reason: { message: "stopped" } },
  ]);
  await batch.run(() => ran.push(3));
  expect(ran).toEqual([3]);
});

test("work that would take a turn too long is left for the next one, and none is lost", async () => {
  const { counts, guard } = countingGuard();
  const batch = createTurnBatch(guard);
  const slowly = () => {
    const untilMs = performance.now() + 11;
    while (performance.now() < untilMs);
    return "slow";
  };
  const results = await Promise.all([
    batch.run(slowly),
    batch.run(slowly),
    batch.run(() => "quick"),
  ]);
  expect(results).toEqual(["slow", "slow", "quick"]);
  expect(counts.guards).toBe(3);
});

test("work that asks for more work while it runs is answered too", async () => {
  const batch = createTurnBatch((run) => run());
  const nested = await batch.run(() => batch.run(() => "inner"));
  expect(nested).toBe("inner");
});
