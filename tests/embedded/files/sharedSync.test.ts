/** A sync shared by all who wait: none is served by one that began before they asked. */
import { expect, test } from "vitest";
import { SharedSync } from "../../../src/embedded/store/sharedSync";

/** A sync whose runs end when the test says so. */
function controlled() {
  const ends: { ok(): void; fail(error: Error): void }[] = [];
  const shared = new SharedSync(
    () =>
      new Promise<void>((resolve, reject) => {
        ends.push({ ok: resolve, fail: reject });
      }),
  );
  const begun = (count: number) => expect.poll(() => ends.length).toBe(count);
  return { shared, ends, begun };
}

test("all who ask before it begins share one; who asks later waits for the next", async () => {
  const { shared, ends, begun } = controlled();
  const first = [shared.run(), shared.run(), shared.run()];
  await begun(1);
  const served: string[] = [];
  const later = [shared.run(), shared.run()].map((run) => run.then(() => served.push("later")));
  ends[0]!.ok();
  await Promise.all(first);
  await begun(2);
  expect(served).toEqual([]);
  ends[1]!.ok();
  await Promise.all(later);
  expect(served).toHaveLength(2);
  expect(ends).toHaveLength(2);
});

test("one begins only when the last has ended", async () => {
  const { shared, ends, begun } = controlled();
  const first = shared.run();
  await begun(1);
  const second = shared.run();
  await new Promise((resolve) => setImmediate(resolve));
  expect(ends).toHaveLength(1);
  ends[0]!.ok();
  await first;
  await begun(2);
  ends[1]!.ok();
  await second;
});

test("a failure is told to those who waited for it; the next is tried anew", async () => {
  const { shared, ends, begun } = controlled();
  const failed = [shared.run(), shared.run()].map((run) =>
    run.catch((error: Error) => error.message),
  );
  await begun(1);
  const next = shared.run();
  ends[0]!.fail(new Error("the disk is gone"));
  expect(await Promise.all(failed)).toEqual(["the disk is gone", "the disk is gone"]);
  await begun(2);
  ends[1]!.ok();
  await next;
});
