import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import { PERMISSIONS, permissionsOf, type Role } from "../../src/core/permissions";
import type { Backend, Caller } from "./drivers";
import {
  expectFailure,
  firstPage,
  memberOf,
  onEachDriver,
  sharedSetup,
  signedIn,
  supportBot,
  tenantWith,
  type Member,
} from "./setup";

const { changeRole, suspend, resume, remove, leave } = api.mutations.memberships;
const DAY_MS = 24 * 60 * 60 * 1_000;

const LAST_OWNER = {
  kind: "conflict",
  entity: "membership",
  reason: "is the last owner's; make somebody else an owner first",
} as const;

let count = 0;
const unique = (name: string) => `${name}-${++count}`;

onEachDriver(() => {
  const deployment = sharedSetup();

  /** A tenant with an owner, and another member. */
  async function twoPeople(role: Role) {
    const t = deployment();
    const owner = await tenantWith(t, { subject: unique("ann") });
    const other = await memberOf(t, { ...owner, subject: unique("bob"), role });
    return { t, owner, other, id: await membershipOf(owner, other) };
  }

  test("people name themselves, in all of their tenants", async () => {
    const { owner, other } = await twoPeople("viewer");
    await other.as.mutation(api.mutations.users.update, { name: " Bob the builder " });
    const people = await owner.as.query(api.queries.memberships.list, {
      paginationOpts: firstPage,
    });
    expect(people.page.map(({ name }) => name)).toContain("Bob the builder");
    await expect(
      other.as.mutation(api.mutations.users.update, { name: "  " }),
    ).rejects.toMatchObject({ data: { kind: "invalid_argument", field: "name" } });
  });

  describe("roles", () => {
    test("nobody gives a role above their own, to others or themselves, and nobody touches one", async () => {
      const { t, owner, other: admin, id: adminsId } = await twoPeople("admin");
      const ownersId = await membershipOf(owner, owner);
      const beyond = { kind: "forbidden", permission: "tenant:erase" } as const;
      for (const id of [adminsId, ownersId]) {
        await expectFailure(admin.as.mutation(changeRole, { id, role: "owner" }), beyond);
      }
      for (const touch of [suspend, resume, remove]) {
        await expectFailure(admin.as.mutation(touch, { id: ownersId }), beyond);
      }
      const role = "owner";
      const email = "eve@example.com";
      await expectFailure(admin.as.action(api.actions.invitations.create, { email, role }), beyond);

      const scopes = PERMISSIONS.filter((one) => one !== "tenant:erase");
      const { key } = await admin.as.action(api.actions.keys.create, {
        name: "All that an admin may",
        scopes: scopes.filter((one) => permissionsOf("admin").has(one)),
      });
      const byKey = t.mutation(changeRole, { apiKey: key, id: adminsId, role: "owner" });
      await expectFailure(byKey, beyond);
    });

    test("the last owner cannot be lowered, suspended or removed, and cannot leave", async () => {
      const { owner, other, id } = await twoPeople("admin");
      const ownersId = await membershipOf(owner, owner);
      const ends = () => [
        owner.as.mutation(changeRole, { id: ownersId, role: "viewer" }),
        owner.as.mutation(suspend, { id: ownersId }),
        owner.as.mutation(remove, { id: ownersId }),
        owner.as.mutation(leave, { tenantId: owner.tenantId }),
      ];
      for (const end of ends()) await expectFailure(end, LAST_OWNER);

      await owner.as.mutation(changeRole, { id, role: "owner" });
      await owner.as.mutation(suspend, { id });
      for (const end of ends()) await expectFailure(end, LAST_OWNER);

      await owner.as.mutation(resume, { id });
      await owner.as.mutation(leave, { tenantId: owner.tenantId });
      expect((await other.as.query(api.queries.tenants.mine, {})).length).toBe(1);
      await expectFailure(other.as.mutation(leave, { tenantId: owner.tenantId }), LAST_OWNER);
    });

    test("a lowered member's keys end where they can do more than the new role", async () => {
      const { t, owner, other, id } = await twoPeople("admin");
      const strong = await keyOf(other, ["agents:write"]);
      const weak = await keyOf(other, ["agents:read"]);
      await owner.as.mutation(changeRole, { id, role: "viewer" });
      await expectFailure(t.query(api.queries.tenants.get, { apiKey: strong }), {
        kind: "unauthenticated",
      });
      expect(await t.query(api.queries.agents.list, { apiKey: weak })).toEqual([]);
    });
  });

  describe.each([
    ["suspended", suspend, { kind: "forbidden", permission: "agents:read" }],
    ["removed", remove, null],
  ] as const)("who is %s", (_what, end, failure) => {
    test("is refused at once, and so are the keys that they answer for", async () => {
      const { t, owner, other, id } = await twoPeople("admin");
      const apiKey = await keyOf(other, ["agents:read"]);
      await owner.as.mutation(end, { id });
      const { tenantId } = owner;
      const told = failure ?? { kind: "not_found", entity: "tenant", id: tenantId };
      await expectFailure(other.as.query(api.queries.agents.list, { tenantId }), told);
      await expectFailure(t.query(api.queries.agents.list, { apiKey }), {
        kind: "unauthenticated",
      });
    });
  });

  test("a suspended member who is resumed is back; their keys are not", async () => {
    const { t, owner, other, id } = await twoPeople("admin");
    const apiKey = await keyOf(other, ["agents:read"]);
    await owner.as.mutation(suspend, { id });
    await owner.as.mutation(resume, { id });
    expect(await other.as.query(api.queries.agents.list, {})).toEqual([]);
    await expectFailure(t.query(api.queries.agents.list, { apiKey }), { kind: "unauthenticated" });
    const log = await owner.as.query(api.queries.activity.list, { paginationOpts: firstPage });
    expect(log.page.map(({ action }) => action)).toEqual([
      "memberships.resume",
      "keys.revoke",
      "memberships.suspend",
      "keys.create",
    ]);
  });

  test("a person whom operators suspend is out with their keys until they are resumed, and their tenants' logs say so", async () => {
    const { t, owner, other } = await twoPeople("admin");
    const apiKey = await keyOf(other, ["agents:read"]);
    const { users } = internal.jobs;
    const { userId, tenantId } = other;
    const membership = { tenantId, role: "admin", membershipStatus: "active" };
    const forbidden = { kind: "forbidden", permission: "agents:read" } as const;

    await t.mutation(users.suspend, { userId });
    await expectFailure(t.query(api.queries.agents.list, { apiKey }), forbidden);
    await expectFailure(other.as.query(api.queries.agents.list, {}), forbidden);
    expect(await t.query(users.get, { userId })).toMatchObject({
      userId,
      email: null,
      status: "suspended",
      signInCount: 0,
      tenants: [membership],
    });
    await t.mutation(users.resume, { userId });
    expect(await t.query(api.queries.agents.list, { apiKey })).toEqual([]);
    expect(await other.as.query(api.queries.agents.list, {})).toEqual([]);
    const { page } = await owner.as.query(api.queries.activity.list, {
      entityTable: "users",
      entityId: userId,
      paginationOpts: firstPage,
    });
    const by = { actor: { kind: "system", id: "operators" } };
    const [active, suspended] = ['"active"', '"suspended"'];
    expect(page).toMatchObject([
      { ...by, action: "users.resume", changes: [{ from: suspended, to: active }] },
      { ...by, action: "users.suspend", changes: [{ from: active, to: suspended }] },
    ]);
  });

  describe("invitations", () => {
    const invite = async (by: Member, role: Role = "member", email = "New@Example.com") =>
      await by.as.action(api.actions.invitations.create, { email, role });
    const accept = async (as: Caller, token: string) =>
      await as.mutation(api.mutations.invitations.accept, { token });
    const closed = (status: string) =>
      ({ kind: "conflict", entity: "invitation", reason: `the invitation is ${status}` }) as const;

    test("make a member, once, with the role that was offered; the token is stored nowhere", async () => {
      const { t, owner } = await twoPeople("viewer");
      const { token } = await invite(owner, "operator");
      const carl = await newcomer(t);
      const joined = await accept(carl, token);
      expect(joined).toEqual({ tenantId: owner.tenantId, role: "operator" });
      expect(await carl.query(api.queries.tenants.mine, {})).toMatchObject([
        { tenantId: owner.tenantId, role: "operator", membershipStatus: "active" },
      ]);
      await carl.mutation(api.mutations.agents.create, supportBot());
      await expectFailure(accept(await newcomer(t), token), closed("accepted"));

      const list = await owner.as.query(api.queries.invitations.list, {
        paginationOpts: firstPage,
      });
      expect(list.page).toMatchObject([{ email: "new@example.com", status: "accepted" }]);
      const rows = await t.run((ctx) => ctx.db.query("invitations").take(100));
      expect(JSON.stringify([list, rows])).not.toContain(token);
    });

    test("let nobody in once revoked, replaced, expired or unknown", async () => {
      const { t, owner } = await twoPeople("viewer");
      const first = await invite(owner);
      const second = await invite(owner);
      const carl = await newcomer(t);
      await expectFailure(accept(carl, first.token), closed("revoked"));
      await owner.as.mutation(api.mutations.invitations.revoke, { id: second._id });
      await expectFailure(accept(carl, second.token), closed("revoked"));

      const third = await invite(owner);
      await t.run((ctx) => ctx.db.patch(third._id, { expiresAt: Date.now() - DAY_MS }));
      await expectFailure(accept(carl, third.token), closed("expired"));
      await t.mutation(internal.jobs.invitations.expire, {});
      const list = await owner.as.query(api.queries.invitations.list, {
        paginationOpts: firstPage,
      });
      expect(list.page.map(({ status }) => status)).toEqual(["expired", "revoked", "revoked"]);
      await expectFailure(accept(carl, "unknown"), {
        kind: "not_found",
        entity: "invitation",
        id: "token",
      });
    });

    test("are as good as who made them", async () => {
      const { t, owner, other: admin, id } = await twoPeople("admin");
      const { token } = await invite(admin, "admin");
      await owner.as.mutation(changeRole, { id, role: "operator" });
      const carl = await newcomer(t);
      await expectFailure(accept(carl, token), closed("revoked"));
      await owner.as.mutation(changeRole, { id, role: "admin" });
      await t.run((ctx) => ctx.db.patch(admin.userId, { status: "suspended" }));
      await expectFailure(accept(carl, token), closed("revoked"));
      await t.run((ctx) => ctx.db.patch(admin.userId, { status: "active" }));
      expect(await accept(carl, token)).toMatchObject({ role: "admin" });
    });

    test("change nothing for who is a member already", async () => {
      const { owner, other } = await twoPeople("viewer");
      const { token } = await invite(owner, "admin");
      await expectFailure(accept(other.as, token), {
        kind: "conflict",
        entity: "membership",
        reason: "is a member already",
      });
    });
  });
});

async function membershipOf(by: Member, { userId }: Member) {
  const list = await by.as.query(api.queries.memberships.list, { paginationOpts: firstPage });
  return list.page.find((one) => one.userId === userId)!._id;
}

async function keyOf(by: Member, scopes: ("agents:read" | "agents:write")[]): Promise<string> {
  const made = await by.as.action(api.actions.keys.create, { name: "key", scopes });
  return made.key;
}

/** Somebody who is signed in and in no tenant. */
async function newcomer(t: Backend): Promise<Caller> {
  const subject = unique("carl");
  const { tenantId, userId } = await tenantWith(t, { subject });
  await t.run(async (ctx) => {
    const memberships = ctx.db
      .query("memberships")
      .withIndex("by_tenant_and_user", (q) => q.eq("tenantId", tenantId).eq("userId", userId));
    for await (const { _id } of memberships) await ctx.db.delete(_id);
  });
  return signedIn(t, subject);
}
