/**
 * The isolation matrix: every public function, with every id slot, as every kind of caller. It is made from
 * the functions and the schema, so that what is added is covered or fails here until it is.
 */
import { ConvexError } from "convex/values";
import { beforeAll, describe, expect, test } from "vitest";
import { PERMISSIONS, permissionsOf, ROLES, type Permission } from "../../../src/core/permissions";
import { hashOf } from "../../../convex/model/keys/lookup";
import { makeApiKey } from "../../../src/core/apiKey";
import type { Backend, Caller } from "../drivers";
import { api, internal } from "../../../convex/_generated/api";
import {
  firstPage,
  memberOf,
  onEachDriver,
  setup,
  sharedSetup,
  signedIn,
  tenantWith,
  type Member,
} from "../setup";
import { BASE_CALLS, COMMON_SKILL } from "./calls";
import { DOORS, type Door, type IdSlot } from "./doors";
import { makeMissing, makeSpecimens, rowsOf, type Specimens } from "./specimens";
import { randomBytes } from "node:crypto";

const FOREIGN_MARK = "mark-7b1d2f0c9a5e4836b0c1d2e3f4a59687";

test("every public function has a row, and every row a function", () => {
  expect(DOORS.length).toBeGreaterThan(25);
  expect(Object.keys(BASE_CALLS).toSorted()).toEqual(DOORS.map(({ name }) => name).toSorted());
});

test("nearly every row succeeds for its own tenant: refusals prove nothing otherwise", () => {
  const failing = Object.values(BASE_CALLS).filter((call) => call.failsBecause !== undefined);
  expect(failing.length).toBeLessThanOrEqual(DOORS.length / 20);
});

onEachDriver((driver) => {
  const prepared = async (t: Backend) => {
    await t.mutation(internal.jobs.tenants.letAnyoneCreate, { value: true });
    await t.mutation(internal.jobs.skills.registerBuiltIn, COMMON_SKILL);
    return t;
  };
  // convex-test reads whole tables for each query, and opens in no time.
  const shared = driver === "convex-test" ? null : sharedSetup();
  if (shared !== null) beforeAll(() => prepared(shared()));
  const newWorld = async () => await world(shared?.() ?? (await prepared(await setup())));

  describe.each(DOORS)("$name", (door) => {
    const base = BASE_CALLS[door.name]!;

    test("knows no id of another tenant: the answer is that for an id of nobody", async () => {
      const { t, own, foreign, missing } = await newWorld();
      const slots = slotsOf(door);
      const args = base.args(own.ids);
      for (const chosen of [...slots.map((slot) => [slot]), ...pairs(slots)]) {
        const withIds = (ids: Specimens) =>
          chosen.reduce((some, slot) => put(some, slot, ids[slot.table]!), args);
        const answer = await outcome(own.owner.as, door, withIds(foreign.ids));
        const expected = await outcome(own.owner.as, door, withIds(missing));
        const where = chosen.map(({ path }) => path.join(".")).join(", ");
        expect(told(answer, foreign.ids), where).toBe(told(expected, missing));
        expect(answer.text).not.toContain(FOREIGN_MARK);
      }
      expect(await rowsOf(t, foreign.ids)).toBe(foreign.rows);

      const answer = await outcome(own.owner.as, door, args);
      if (base.failsBecause === undefined) expect(answer).toMatchObject({ failure: null });
      expect(answer.text).not.toContain(FOREIGN_MARK);
      expect(await rowsOf(t, foreign.ids)).toBe(foreign.rows);
    });

    // Whom a door lets in is decided in one place, which runs alike on both drivers.
    if (driver !== "convex-test") return;
    test("lets in who may, and nobody else", async () => {
      const { t, own, foreign } = await newWorld();
      const before = await rowsOf(t, own.ids);
      const args = { ...base.args(own.ids), tenantId: own.owner.tenantId };
      const { needs } = door;
      if (needs === "person") {
        const answer = await outcome(t, door, base.args(own.ids));
        expect(answer.failure?.kind).toBe("unauthenticated");
        return;
      }
      for (const { who, as, apiKey, kind } of await strangers(t, own, foreign)) {
        const answer = await outcome(as, door, apiKey === undefined ? args : { ...args, apiKey });
        expect(answer.failure?.kind, who).toBe(kind);
      }
      for (const role of ROLES.filter((one) => !permissionsOf(one).has(needs))) {
        const member = await memberOf(t, { ...own.owner, subject: `${role} ${worlds}`, role });
        const answer = await outcome(member.as, door, args);
        expect(answer.failure, role).toEqual({ kind: "forbidden", permission: needs });
      }
      for (const permission of PERMISSIONS.filter((one) => one !== needs)) {
        const apiKey = await keyWith(t, own.owner, { scopes: [permission] });
        const answer = await outcome(t, door, { ...args, apiKey });
        expect(answer.failure, permission).toEqual({ kind: "forbidden", permission: needs });
      }
      expect(await rowsOf(t, own.ids)).toBe(before);

      for (const role of ROLES.filter((one) => permissionsOf(one).has(needs))) {
        const member = await memberOf(t, { ...own.owner, subject: `${role} ${worlds}`, role });
        expectLetIn(await outcome(member.as, door, args), door, role);
      }
      const apiKey = await keyWith(t, own.owner, { scopes: [needs] });
      expectLetIn(await outcome(t, door, { ...args, apiKey }), door, "a key with the scope");
    });
  });
});

// ── Two tenants ──────────────────────────────────────────────────────────────────────────────────

type Tenant = { owner: Member; ids: Specimens };

let worlds = 0;

async function world(t: Backend) {
  worlds++;
  const own = await tenant(t, { subject: `ann ${worlds}`, mark: "mark-own" });
  const foreign = await tenant(t, { subject: `bob ${worlds}`, mark: FOREIGN_MARK });
  const missing = await makeMissing(t);
  return { t, own, foreign: { ...foreign, rows: await rowsOf(t, foreign.ids) }, missing };
}

async function tenant(
  t: Backend,
  { subject, mark }: { subject: string; mark: string },
): Promise<Tenant> {
  const owner = await tenantWith(t, { subject, maxAgents: 100 });
  // With the password among the specimens, a way in whatever is taken away.
  await t.run((ctx) => ctx.db.patch(owner.userId, { email: `${subject}@example.com` }));
  const colleague = await memberOf(t, {
    ...owner,
    subject: `${subject}'s colleague`,
    role: "owner",
  });
  const { page } = await owner.as.query(api.queries.memberships.list, {
    paginationOpts: firstPage,
  });
  const membership = page.find(({ userId }) => userId === colleague.userId)!;
  const known = { tenants: owner.tenantId, users: owner.userId, memberships: membership._id };
  return { owner, ids: await makeSpecimens(t, { mark, ids: known }) };
}

type Stranger = { who: string; as: Caller; apiKey?: string; kind: string };

/** Everyone who is not let in, whatever the door: each with what they are told. */
async function strangers(t: Backend, own: Tenant, foreign: Tenant): Promise<Stranger[]> {
  const { owner } = own;
  const suspended = await memberOf(t, { ...owner, subject: `suspended ${worlds}`, role: "owner" });
  await t.run((ctx) => ctx.db.patch(suspended.userId, { status: "suspended" }));
  const paused = await memberOf(t, { ...owner, subject: `paused ${worlds}`, role: "owner" });
  const removed = await memberOf(t, { ...owner, subject: `removed ${worlds}`, role: "owner" });
  await t.run(async (ctx) => {
    const memberships = ctx.db
      .query("memberships")
      .withIndex("by_tenant_and_user", (q) => q.eq("tenantId", owner.tenantId));
    for await (const { _id, userId } of memberships) {
      if (userId === paused.userId) await ctx.db.patch(_id, { status: "suspended" });
      if (userId === removed.userId) await ctx.db.delete(_id);
    }
  });
  const key = async (change: Parameters<typeof keyWith>[2]) => await keyWith(t, owner, change);
  const all = { scopes: PERMISSIONS };
  const unknown = { as: t, kind: "unauthenticated" };
  return [
    { ...unknown, who: "nobody" },
    { ...unknown, who: "someone without a user", as: signedIn(t, "unknown") },
    { who: "a suspended user", as: suspended.as, kind: "forbidden" },
    { who: "a suspended member", as: paused.as, kind: "forbidden" },
    { who: "a removed member", as: removed.as, kind: "not_found" },
    { who: "another tenant's owner", as: foreign.owner.as, kind: "not_found" },
    { ...unknown, who: "a revoked key", apiKey: await key({ ...all, status: "revoked" }) },
    { ...unknown, who: "an expired key", apiKey: await key({ ...all, expiresAt: 1 }) },
    { ...unknown, who: "a key of nobody's", apiKey: makeApiKey(randomBytes).key },
    { ...unknown, who: "a text that is no key", apiKey: "ak_live_x" },
    { who: "a key without scopes", as: t, apiKey: await key({ scopes: [] }), kind: "forbidden" },
    {
      who: "another tenant's key",
      as: t,
      apiKey: await keyWith(t, foreign.owner, all),
      kind: "not_found",
    },
    {
      ...unknown,
      who: "an owner who gives a revoked key",
      as: owner.as,
      apiKey: await key({ ...all, status: "revoked" }),
    },
  ];
}

async function keyWith(
  t: Backend,
  { tenantId, userId }: Member,
  {
    scopes,
    status = "active",
    expiresAt = Number.MAX_SAFE_INTEGER,
  }: { scopes: readonly Permission[]; status?: "active" | "revoked"; expiresAt?: number },
): Promise<string> {
  const { key, keyId } = makeApiKey(randomBytes);
  const keyHash = await hashOf(key);
  await t.run((ctx) =>
    ctx.db.insert("api_keys", {
      tenantId,
      name: "key",
      keyId,
      keyHash,
      scopes: [...scopes],
      status,
      createdBy: userId,
      createdAt: 0,
      expiresAt,
    }),
  );
  return key;
}

// ── Calls ────────────────────────────────────────────────────────────────────────────────────────

type Args = Record<string, unknown>;
type Outcome = { failure: { kind: string } | null; text: string };

async function outcome(as: Pick<Caller, Door["kind"]>, door: Door, args: Args): Promise<Outcome> {
  try {
    const call = as[door.kind] as (reference: unknown, args: Args) => Promise<unknown>;
    const result = await call.call(as, door.reference, args);
    return { failure: null, text: textOf(result) };
  } catch (error) {
    if (!(error instanceof ConvexError)) throw error;
    return { failure: error.data as { kind: string }, text: textOf(error.data) };
  }
}

/** The answer, whichever ids were asked for. Cursors are sealed, and tell nobody anything. */
function told({ text }: Outcome, ids: Specimens): string {
  const anyId = Object.entries(ids).reduce(
    (rest, [table, id]) => rest.replaceAll(id, `an id of ${table}`),
    text,
  );
  return anyId.replace(/"continueCursor":"[^"]*"/, "CURSOR");
}

/** Past the check of who calls; what the call then finds, or may not hand on, is its own business. */
function expectLetIn({ failure }: Outcome, { needs }: Door, who: string): void {
  expect(failure?.kind, who).not.toBe("unauthenticated");
  expect(failure, who).not.toEqual({ kind: "forbidden", permission: needs });
}

function slotsOf(door: Door): IdSlot[] {
  const texts = Object.entries(BASE_CALLS[door.name]!.textSlots ?? {});
  return [...door.idSlots, ...texts.map(([field, table]) => ({ path: [field], table }))];
}

/** The arguments with another id in the slot, wherever it is. */
function put(args: Args, { path }: IdSlot, id: string): Args {
  const [field = "", ...rest] = path;
  if (rest.length === 0) return { ...args, [field]: id };
  if (rest[0] === "0") {
    const [first = {}] = (args[field] ?? []) as Args[];
    const inner = rest.length === 1 ? id : put(first, { path: rest.slice(1), table: "" }, id);
    return { ...args, [field]: [inner] };
  }
  const inner = (args[field] ?? {}) as Args;
  return { ...args, [field]: put(inner, { path: rest, table: "" }, id) };
}

function pairs<Item>(items: readonly Item[]): [Item, Item][] {
  return items.flatMap((one, index) =>
    items.slice(index + 1).map((other): [Item, Item] => [one, other]),
  );
}

function textOf(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, part: unknown) =>
    typeof part === "bigint" ? String(part) : part,
  );
}
