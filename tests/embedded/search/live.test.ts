/** Live searches of a served project: always what a fresh run gives, and run again only when something that matches changed. */
import { anyApi } from "convex/server";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Watch } from "../../../src/embedded/runtime/types";
import { assertCounted } from "../../support/countedProperty";
import { embeddedTest, type EmbeddedTest } from "../driver/embeddedTest";
import { someText } from "./texts";

const api = anyApi as Record<string, Record<string, never>>;
const fn = (name: string): never => api["articles"]![name]!;

let t: EmbeddedTest;

beforeAll(async () => {
  t = await embeddedTest({ project: "tests/fixtures/projects/conformance" });
});
afterAll(async () => await t.close());

function watch(args: Record<string, unknown>): Watch {
  return t.runtime.live.watch({
    path: "articles:search",
    args: JSON.stringify(args),
    identity: { kind: "none" },
    requestId: "watch",
    request: { ip: null, userAgent: null },
  });
}

/** Lets watches catch up with all commits. */
async function advanced(): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = t.runtime.live.onAdvance(() => {
      stop();
      resolve();
    });
    t.runtime.live.requestAdvance();
  });
}

function bodiesOf({ reply }: Watch): string[] {
  if (!reply.ok) throw new Error(reply.error.message);
  return (JSON.parse(reply.value) as { body: string }[]).map(({ body }) => body);
}

async function add(body: string, shelf: string): Promise<string> {
  return (await t.mutation(fn("add"), { body, shelf })) as string;
}

describe("a live search", () => {
  /** How many runs `write` caused among all live searches. */
  async function runsOf(write: () => Promise<unknown>): Promise<number> {
    let count = 0;
    const stop = t.runtime.onLog(({ kind, path }) => {
      if (kind === "query" && path === "articles:search") count++;
    });
    await write();
    await advanced();
    stop();
    return count;
  }

  test("runs again for what matches or did, and for nothing else", async () => {
    const id = await add("a live cat", "live");
    const live = watch({ text: "cat", shelf: "live" });
    expect(bodiesOf(live)).toEqual(["a live cat"]);
    const edit = (fields: object) => () => t.mutation(fn("edit"), { id, fields });

    expect(await runsOf(() => add("a dog", "live"))).toBe(0);
    expect(await runsOf(() => add("a cat", "elsewhere"))).toBe(0);
    expect(await runsOf(() => add("a cat", "live"))).toBe(1);
    expect(bodiesOf(live)).toHaveLength(2);
    expect(await runsOf(edit({ body: "a live dog" }))).toBe(1);
    expect(bodiesOf(live)).toEqual(["a cat"]);
    expect(await runsOf(edit({ body: "a live bird" }))).toBe(0);
    expect(await runsOf(edit({ body: "cat", shelf: "other" }))).toBe(0);
    expect(await runsOf(edit({ shelf: "live" }))).toBe(1);
    expect(bodiesOf(live)).toEqual(["cat", "a cat"]);
    expect(await runsOf(() => t.mutation(fn("remove"), { id }))).toBe(1);
    expect(bodiesOf(live)).toEqual(["a cat"]);
    live.close();
    expect(await runsOf(() => add("a cat", "live"))).toBe(0);
  });

  test("that took its best runs again for better ones only", async () => {
    await add("ferret", "best");
    const live = watch({ text: "ferret", shelf: "best", limit: 1 });
    expect(await runsOf(() => add("ferret and so many other words", "best"))).toBe(0);
    expect(await runsOf(() => add("ferret", "best"))).toBe(1);
    live.close();
  });
});

test("whatever is written, live searches are what fresh runs give", async () => {
  const shelf = fc.constantFrom("x", "y");
  const write = fc.oneof(
    fc.record({ kind: fc.constant("add" as const), body: someText, shelf }),
    fc.record({ kind: fc.constant("edit" as const), which: fc.nat(50), body: someText }),
    fc.record({ kind: fc.constant("move" as const), which: fc.nat(50), shelf }),
    fc.record({ kind: fc.constant("remove" as const), which: fc.nat(50) }),
  );
  const search = fc.record({ text: someText, shelf }, { requiredKeys: ["text"] });
  let fresh = 0;
  let changes = 0;
  await assertCounted(
    fc.asyncProperty(
      fc.array(search, { minLength: 2, maxLength: 4 }),
      fc.array(fc.array(write, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      async (searches, rounds) => {
        const watches = searches.map((args) => ({ args, live: watch(args) }));
        const ids: string[] = [];
        const perform = async (action: (typeof rounds)[number][number]) => {
          if (action.kind === "add") {
            ids.push(await add(action.body, action.shelf));
            return;
          }
          const [id] = ids.splice(action.which % Math.max(ids.length, 1), 1);
          if (id === undefined) return;
          if (action.kind === "remove") return void (await t.mutation(fn("remove"), { id }));
          const { kind: _kind, which: _which, ...fields } = action;
          await t.mutation(fn("edit"), { id, fields });
          ids.push(id);
        };
        for (const writes of rounds) {
          const before = watches.map(({ live }) => live.reply);
          for (const action of writes) await perform(action);
          await advanced();
          for (const [i, { args, live }] of watches.entries()) {
            // A limit that no search had before, so that no stored result will do.
            const again = watch({ ...args, limit: 1_000 - (fresh++ % 500) });
            again.close();
            expect(bodiesOf(live)).toEqual(bodiesOf(again));
            if (live.reply !== before[i]) changes++;
          }
        }
        for (const { live } of watches) live.close();
        for (const id of ids) await t.mutation(fn("remove"), { id });
      },
    ),
    40,
    () => expect(changes).toBeGreaterThan(30),
  );
});
