/** A mutation in one unit reads and leaves behind what it would without: random mutations, both ways. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Id } from "../../convex/_generated/dataModel";
import type { MutationCtx } from "../../convex/_generated/server";
import { inOneUnit } from "../../convex/lib/unitOfWork";
import { onEachDriver, sharedSetup } from "./setup";

const slot = fc.integer({ min: 0, max: 3 });
const email = fc.constantFrom("a", "b", "c");
const at = fc.integer({ min: 1, max: 9 });
const step = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), slot, email, at }),
  fc.record({ kind: fc.constant("get" as const), slot }),
  fc.record({
    kind: fc.constant("patch" as const),
    slot,
    changes: fc.record(
      { email: fc.option(email, { nil: undefined }), name: email, updatedAt: at },
      { requiredKeys: [] },
    ),
  }),
  fc.record({ kind: fc.constant("replace" as const), slot, email, at }),
  fc.record({ kind: fc.constant("delete" as const), slot }),
  fc.record({ kind: fc.constant("list" as const), email }),
  /** A query that is there before a change, and read after it. */
  fc.record({ kind: fc.constant("changeBetween" as const), slot, email, at }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;
type Ids = (Id<"users"> | undefined)[];

const row = (email: string, at: number) => {
  const times = { createdAt: at, updatedAt: at };
  return { name: `user ${email}`, status: "active" as const, email, ...times };
};

/** Does it, and says what was seen. */
async function perform(ctx: MutationCtx, ids: Ids, step: Step): Promise<unknown> {
  const seen = (user: object | null) => ({ ...user, _id: undefined, _creationTime: undefined });
  const byEmail = (email: string) =>
    ctx.db.query("users").withIndex("by_email", (q) => q.eq("email", email));
  if (step.kind === "list") return (await byEmail(step.email).collect()).map(seen);
  const id = ids[step.slot];
  if (step.kind === "insert") {
    ids[step.slot] = await ctx.db.insert("users", row(step.email, step.at));
    return null;
  }
  if (id === undefined) return null;
  const isThere = (await ctx.db.get("users", id)) !== null;
  switch (step.kind) {
    case "get":
      return seen(await ctx.db.get("users", id));
    case "patch":
      return isThere ? await ctx.db.patch("users", id, step.changes) : null;
    case "replace":
      return isThere ? await ctx.db.replace("users", id, row(step.email, step.at)) : null;
    case "delete":
      return isThere ? await ctx.db.delete("users", id) : null;
    case "changeBetween": {
      const [one, other] = [byEmail(step.email), byEmail(step.email)];
      if (isThere) await ctx.db.patch("users", id, { email: step.email, updatedAt: step.at });
      const found = await one.order("desc").first();
      const all = [];
      for await (const user of other) all.push(seen(user));
      return [seen(found), all];
    }
  }
}

onEachDriver(() => {
  const open = sharedSetup();

  async function outcomeOf(
    steps: readonly Step[],
    run: typeof inOneUnit,
  ): Promise<{ seen: unknown[]; left: unknown[] }> {
    return await open().run(async (ctx) => {
      const ids: Ids = [];
      const seen: unknown[] = [];
      await run(ctx, async (unit) => {
        for (const step of steps) seen.push((await perform(unit, ids, step)) ?? null);
      });
      const users = await ctx.db.query("users").take(100);
      const left = users.map(({ email, name, createdAt, updatedAt }) => ({
        email,
        name,
        createdAt,
        updatedAt,
      }));
      for (const { _id } of users) await ctx.db.delete("users", _id);
      return { seen: JSON.parse(JSON.stringify(seen)) as unknown[], left };
    });
  }

  test("whatever its parts do to rows, one sees what the others did, and all of it is written", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const plain = await outcomeOf(steps, async (ctx, work) => await work(ctx));
        expect(await outcomeOf(steps, inOneUnit)).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  test("a row that many look at is read once, and one that many change is written once", async () => {
    const calls: string[] = [];
    await open().run(async (ctx) => {
      const id = await ctx.db.insert("users", row("a", 1));
      const db = new Proxy(ctx.db, {
        get: (whole, name: "get" | "patch") => {
          if (name === "get" || name === "patch") calls.push(name);
          return whole[name];
        },
      });
      await inOneUnit({ ...ctx, db }, async (unit) => {
        for (let n = 1; n <= 5; n++) {
          const user = await unit.db.get("users", id);
          expect(user?.updatedAt).toBe(n);
          await unit.db.patch("users", id, { updatedAt: n + 1 });
        }
      });
      expect((await ctx.db.get("users", id))?.updatedAt).toBe(6);
    });
    expect(calls).toEqual(["get", "patch"]);
  });

  test("functions that it calls see what it wrote, and it sees what they wrote", async () => {
    const id = await open().run(async (ctx) => await ctx.db.insert("users", row("a", 1)));
    await open().run(async (ctx) => {
      const calls: unknown[] = [];
      const other = async () => {
        calls.push((await ctx.db.get("users", id))?.updatedAt);
        await ctx.db.patch("users", id, { updatedAt: 3 });
      };
      await inOneUnit({ ...ctx, runMutation: other as never }, async (unit) => {
        await unit.db.patch("users", id, { updatedAt: 2 });
        await unit.runMutation({} as never);
        calls.push((await unit.db.get("users", id))?.updatedAt);
      });
      expect(calls).toEqual([2, 3]);
      await ctx.db.delete("users", id);
    });
  });
});
