import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Permission, Role } from "../../src/core/permissions";
import {
  everything,
  expectFailure,
  firstPage,
  memberOf,
  onEachDriver,
  setup,
  supportBot,
  tenantWith,
} from "./setup";

const { create, rotate } = api.actions.keys;
const { revoke } = api.mutations.keys;
const DAY_MS = 24 * 60 * 60 * 1_000;
const UNAUTHENTICATED = { kind: "unauthenticated" } as const;

const readsAgents: { name: string; scopes: Permission[] } = {
  name: "Reads agents",
  scopes: ["agents:read"],
};

onEachDriver(() => {
  describe("a key", () => {
    test("acts in its tenant, with its scopes and nothing else", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
      const { key } = await acme.as.action(create, readsAgents);

      expect(await t.query(api.queries.agents.get, { apiKey: key, agentId })).toMatchObject({
        _id: agentId,
      });
      const writes = t.mutation(api.mutations.agents.remove, { apiKey: key, agentId });
      await expectFailure(writes, { kind: "forbidden", permission: "agents:write" });
    });

    test("knows no tenant but its own, neither by name nor by id", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const other = await tenantWith(t, { subject: "bob" });
      const theirs = await other.as.mutation(api.mutations.agents.create, supportBot());
      const { key: apiKey } = await acme.as.action(create, readsAgents);
      const { tenantId } = other;

      await expectFailure(t.query(api.queries.agents.list, { apiKey, tenantId }), {
        kind: "not_found",
        entity: "tenant",
        id: tenantId,
      });
      await expectFailure(t.query(api.queries.agents.get, { apiKey, agentId: theirs }), {
        kind: "not_found",
        entity: "agent",
        id: theirs,
      });
    });

    test("is shown once: what is stored and listed cannot be used", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const { key, keyId } = await acme.as.action(create, readsAgents);
      const stored = await everything(t);
      expect(JSON.stringify(stored, bigintAsText)).not.toContain(key.slice(-49));

      const { page } = await acme.as.query(api.queries.keys.list, { paginationOpts: firstPage });
      expect(page).toMatchObject([{ ...readsAgents, keyId, status: "active" }]);
      expect(page[0]).not.toHaveProperty("keyHash");
    });

    test("that was revoked is refused from then on; revoking it again changes nothing", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const { key: apiKey, _id: id } = await acme.as.action(create, readsAgents);
      await acme.as.mutation(revoke, { id });
      await expectFailure(t.query(api.queries.agents.list, { apiKey }), UNAUTHENTICATED);
      const before = await everything(t);
      await acme.as.mutation(revoke, { id });
      expect(await everything(t)).toEqual(before);
    });

    test("that has expired is refused at once, and marked by the sweeper", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const { key: apiKey, _id: id } = await acme.as.action(create, readsAgents);
      await t.run(async (ctx) => await ctx.db.patch(id, { expiresAt: Date.now() - 1 }));
      await expectFailure(t.query(api.queries.agents.list, { apiKey }), UNAUTHENTICATED);

      await t.mutation(internal.jobs.keys.expire, {});
      const { page } = await acme.as.query(api.queries.keys.list, { paginationOpts: firstPage });
      expect(page).toMatchObject([{ status: "expired" }]);
    });

    test("of a suspended tenant is no better than its people", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const { key: apiKey } = await acme.as.action(create, readsAgents);
      await t.run(async (ctx) => await ctx.db.patch(acme.tenantId, { status: "suspended" }));
      await expectFailure(t.query(api.queries.agents.list, { apiKey }), {
        kind: "conflict",
        entity: "tenant",
        reason: "the tenant is suspended",
      });
    });

    test("notes its use, at most once a minute", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const scopes: Permission[] = ["agents:write"];
      const { key: apiKey, _id } = await acme.as.action(create, { name: "Writes", scopes });
      const lastUsedAt = async () => (await t.run((ctx) => ctx.db.get(_id)))?.lastUsedAt;

      const start = Date.now();
      await t.mutation(api.mutations.agents.create, { apiKey, ...supportBot() });
      const first = await lastUsedAt();
      expect(first).toBeGreaterThanOrEqual(start);
      await t.mutation(api.mutations.agents.create, { apiKey, ...supportBot() });
      expect(await lastUsedAt()).toBe(first);

      await t.run((ctx) => ctx.db.patch(_id, { lastUsedAt: start - 60_001 }));
      await t.mutation(api.mutations.agents.create, { apiKey, ...supportBot() });
      expect(await lastUsedAt()).toBeGreaterThanOrEqual(start);
    });
  });

  describe("actions.keys.create", () => {
    test.each<[string, Partial<typeof readsAgents & { expiresInDays: number }>, object]>([
      ["no scope", { scopes: [] }, { kind: "invalid_argument", field: "scopes" }],
      ["no name", { name: " " }, { kind: "invalid_argument", field: "name" }],
      ["too long a life", { expiresInDays: 366 }, { kind: "invalid_argument" }],
      ["no life", { expiresInDays: 0 }, { kind: "invalid_argument", field: "expiresInDays" }],
    ])("refuses %s, and writes nothing", async (_what, change, data) => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const before = await everything(t);
      const call = acme.as.action(create, { ...readsAgents, ...change });
      await expect(call).rejects.toMatchObject({ data });
      expect(await everything(t)).toEqual(before);
    });

    test("makes no key that can do more than its maker", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const admin = await memberOf(t, { ...acme, subject: "adam", role: "admin" });
      const erases: Permission[] = ["tenant:erase"];
      await expectFailure(admin.as.action(create, { name: "x", scopes: erases }), {
        kind: "forbidden",
        permission: "tenant:erase",
      });

      const scopes: Permission[] = ["keys:write", "agents:read"];
      const { key: apiKey } = await acme.as.action(create, { name: "Makes keys", scopes });
      const beyond: Permission[] = ["agents:write"];
      await expectFailure(t.action(create, { apiKey, name: "Beyond", scopes: beyond }), {
        kind: "forbidden",
        permission: "agents:write",
      });
      const within = await t.action(create, { apiKey, ...readsAgents });
      expect(await t.query(api.queries.agents.list, { apiKey: within.key })).toEqual([]);
    });

    test.each<Role>(["operator", "member", "viewer"])("is not for a %s", async (role) => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann", role });
      const call = acme.as.action(create, readsAgents);
      await expectFailure(call, { kind: "forbidden", permission: "keys:write" });
    });
  });

  describe("actions.keys.rotate", () => {
    test("gives a successor; the old key is good for another day, and its life is no longer", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const old = await acme.as.action(create, { ...readsAgents, expiresInDays: 30 });
      const next = await acme.as.action(rotate, { id: old._id });
      for (const { key: apiKey } of [old, next]) {
        expect(await t.query(api.queries.agents.list, { apiKey })).toEqual([]);
      }
      const { page } = await acme.as.query(api.queries.keys.list, { paginationOpts: firstPage });
      const [newer, older] = page;
      expect(newer).toMatchObject({ ...readsAgents, replaces: old._id });
      expect(newer!.expiresAt - newer!.createdAt).toBe(30 * DAY_MS);
      expect(older!.expiresAt).toBe(newer!.createdAt + DAY_MS);

      await acme.as.mutation(revoke, { id: old._id });
      await expectFailure(acme.as.action(rotate, { id: old._id }), {
        kind: "conflict",
        entity: "key",
        reason: "the key is revoked",
      });
    });
  });

  test("the log says who made, rotated and revoked which key, and from where", async () => {
    const t = await setup();
    const acme = await tenantWith(t, { subject: "ann" });
    const made = await acme.as.action(create, readsAgents);
    await acme.as.mutation(revoke, { id: made._id });
    const log = await acme.as.query(api.queries.activity.list, {
      entityTable: "api_keys",
      entityId: made._id,
      paginationOpts: firstPage,
    });
    const actor = { kind: "user", id: acme.userId, userId: acme.userId };
    expect(log.page).toMatchObject([
      {
        actor,
        action: "keys.revoke",
        changes: [{ field: "status", from: '"active"', to: '"revoked"' }],
      },
      { actor, action: "keys.create", tenantId: acme.tenantId },
    ]);
  });
});

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
