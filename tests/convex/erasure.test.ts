import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import schema from "../../convex/schema";
import { USER_TABLES } from "../../convex/model/erasure/ofUser";
import { SECRET_FIELDS } from "../../convex/model/exports";
import type { ExportPage } from "../../convex/views/administration";
import { TENANT_TABLES } from "../../convex/model/tenantTables";
import type { Backend, Caller } from "./drivers";
import { makeSpecimens, type Specimens } from "./isolation/specimens";
import {
  everything,
  expectFailure,
  memberOf,
  onEachDriver,
  sharedSetup,
  tenantWith,
} from "./setup";

const { tenant: eraseTenant, me: eraseMe } = api.mutations.erasures;

const tables = Object.entries(schema.tables);

describe("the lists of tables are the schema's", () => {
  test("tenants': every one that has a tenantId", () => {
    const ofTenants = tables.filter(([, { validator }]) => "tenantId" in validator.fields);
    expect(ofTenants.length).toBeGreaterThan(20);
    expect(TENANT_TABLES.map(({ table }) => table).toSorted()).toEqual(
      ofTenants.map(([name]) => name).toSorted(),
    );
  });

  test("people's: every one that finds rows by the person alone, and the invitations to them", () => {
    const ofUsers = tables.filter(([, table]) =>
      table[" indexes"]().some(({ fields }) => fields[0] === "userId"),
    );
    expect(USER_TABLES.toSorted()).toEqual(
      [...ofUsers.map(([name]) => name), "invitations"].toSorted(),
    );
  });

  test("secret fields: whatever is sealed or hashed", () => {
    // Answers that are kept for a day are not exported at all.
    const exported = TENANT_TABLES.filter(({ table }) => table !== "idempotency_keys");
    const secret = exported.flatMap(({ table }) =>
      Object.entries(schema.tables[table].validator.fields)
        .filter(
          ([name, field]) =>
            /hash$|secret|password/i.test(name) || JSON.stringify(field).includes('"ciphertext"'),
        )
        .map(([name]) => name),
    );
    expect(new Set(secret)).toEqual(SECRET_FIELDS);
  });
});

let count = 0;
const unique = (name: string) => `${name}-${++count}`;

onEachDriver(() => {
  const deployment = sharedSetup();

  /** A tenant with a row in every table, and files. */
  async function fullTenant() {
    const t = deployment();
    const subject = unique("ann");
    const owner = await tenantWith(t, { subject });
    const other = await memberOf(t, { ...owner, subject: unique("bob"), role: "member" });
    const ids = { tenants: owner.tenantId, users: other.userId, memberships: "" };
    const specimens = await makeSpecimens(t, { mark: `mark-${subject}`, ids });
    return { t, owner, other, specimens, mark: `mark-${subject}` };
  }

  describe("a tenant's erasure", () => {
    test("leaves no row and no file of it, and everything of others, and says so", async () => {
      const { t, owner, specimens, mark } = await fullTenant();
      const bystander = await fullTenant();
      const theirs = await rowsWith(t, bystander.owner.tenantId);
      // More than fit into one batch.
      await t.run(async (ctx) => {
        const event = (await ctx.db.get(specimens["activity_log"] as Id<"activity_log">))!;
        const { _id, _creationTime, ...row } = event;
        for (let n = 0; n < 300; n++) await ctx.db.insert("activity_log", row);
      });

      const { tenantId } = owner;
      const erasureId = await owner.as.mutation(eraseTenant, { tenantId });
      await expectFailure(owner.as.query(api.queries.tenants.get, { tenantId }), {
        kind: "not_found",
        entity: "tenant",
        id: tenantId,
      });
      const proof = await completed(t, erasureId);

      expect(await rowsWith(t, tenantId, { but: ["erasures"] })).toEqual([]);
      expect(await storedFile(t, specimens)).toBeNull();
      expect(await rowsWith(t, bystander.owner.tenantId)).toEqual(theirs);
      expect(await storedFile(t, bystander.specimens)).not.toBeNull();
      expect(proof.fileCount).toBe(1);
      expect(proof.rowCounts).toMatchObject({ tenants: 1, memberships: 2, files: 1, messages: 1 });
      expect(proof.rowCounts["activity_log"]).toBeGreaterThan(300);
      const erasedTables = Object.keys(proof.rowCounts).toSorted();
      const all = [...TENANT_TABLES.map(({ table }) => table as string), "tenants"].toSorted();
      expect(erasedTables).toEqual(all);
      expect(JSON.stringify(proof)).not.toContain(mark);
    });

    test("goes on after a step was lost", async () => {
      const { t, owner } = await fullTenant();
      const erasureId = await t.run(async (ctx) => {
        await ctx.db.patch(owner.tenantId, { status: "deleted" });
        return await ctx.db.insert("erasures", {
          subject: "tenant",
          subjectId: owner.tenantId,
          status: "running",
          table: "runs", // although rows are left in earlier ones: the last look finds them
          rowCounts: {},
          fileCount: 0,
          requestedAt: 0,
          steppedAt: 0,
        });
      });
      await t.mutation(internal.jobs.erasures.resumeStuck, {});
      await completed(t, erasureId);
      expect(await rowsWith(t, owner.tenantId, { but: ["erasures"] })).toEqual([]);
    });

    test("that was woken waits behind those that were not: one that fails keeps nobody waiting", async () => {
      const { t } = await fullTenant();
      // More of them than are woken at once.
      const stuck = {
        subject: "user",
        subjectId: "nobody's",
        status: "running",
        table: "none",
        rowCounts: {},
        fileCount: 0,
        requestedAt: 0,
        steppedAt: 0,
      } as const;
      const ids = await t.run(
        async (ctx) =>
          await Promise.all(Array.from({ length: 21 }, () => ctx.db.insert("erasures", stuck))),
      );
      const waiting = async () =>
        await t.run(async (ctx) => {
          const rows = await Promise.all(ids.map((id) => ctx.db.get("erasures", id)));
          return rows.filter((row) => row?.steppedAt === 0).length;
        });
      await t.mutation(internal.jobs.erasures.resumeStuck, {});
      expect(await waiting()).toBe(1);
      await t.mutation(internal.jobs.erasures.resumeStuck, {});
      expect(await waiting()).toBe(0);
      await t.run(async (ctx) => {
        for (const id of ids) await ctx.db.delete("erasures", id);
      });
    });
  });

  describe("a person's erasure", () => {
    test("takes their ways in, memberships, keys and traces; the tenant keeps what they made", async () => {
      const { t, other, specimens } = await fullTenant();
      const { userId } = other;
      const email = `${unique("bob")}@example.com`;
      await t.run(async (ctx) => {
        await ctx.db.patch(userId, { email });
        const invitation = specimens["invitations"] as Id<"invitations">;
        await ctx.db.patch(invitation, { email });
      });
      const erasureId = await other.as.mutation(eraseMe, {});
      await expectFailure(other.as.query(api.queries.tenants.mine, {}), {
        kind: "unauthenticated",
      });
      const proof = await completed(t, erasureId);
      expect(proof.rowCounts).toMatchObject({ users: 1, memberships: 1, passwords: 1 });

      const left = await everything(t);
      for (const table of [...USER_TABLES, "skill_ratings", "users"]) {
        const rows = left[table] as { _id: string; userId?: string; email?: string }[];
        const theirs = rows.filter(
          (row) => row.userId === userId || row._id === userId || row.email === email,
        );
        expect(theirs, table).toEqual([]);
      }
      const log = left["activity_log"] as { actor: { id: string }; ip?: string }[];
      expect(log.filter(({ actor, ip }) => actor.id === userId && ip !== undefined)).toEqual([]);
      const keys = left["api_keys"] as { createdBy: string; status: string }[];
      const theirKeys = keys.filter(({ createdBy }) => createdBy === userId);
      expect(theirKeys.map(({ status }) => status)).toEqual(["revoked"]);
      expect(await t.run((ctx) => ctx.db.get(specimens["agents"] as Id<"agents">))).not.toBeNull();
    });

    test("waits until somebody else owns what they own alone", async () => {
      const { owner } = await fullTenant();
      await expectFailure(owner.as.mutation(eraseMe, {}), {
        kind: "conflict",
        entity: "membership",
        reason: "is the last owner's; make somebody else an owner first",
      });
    });
  });

  describe("a tenant's export", () => {
    test("has every row but pieces and answers, files by address, and nothing secret", async () => {
      const { t, owner, specimens } = await fullTenant();
      const stranger = await fullTenant();
      const progress = { step: 0, leasesLost: 0, cancelRequestedAtMs: null };
      const lease = { leaseToken: "a worker's own", leaseTtlMs: 1, leaseExpiresAtMs: 1 };
      await t.run((ctx) =>
        ctx.db.patch(specimens["runs"] as Id<"runs">, {
          state: { kind: "calling", ...progress, ...lease },
        }),
      );
      const lines = await exported(owner.as);
      const found = new Map(lines.map(({ table, row }) => [table, row]));
      const expected = TENANT_TABLES.map(({ table }) => table as string)
        .filter(
          (table) => !["message_chunks", "idempotency_keys", "idempotency_pieces"].includes(table),
        )
        .concat("tenants");
      expect([...found.keys()].toSorted()).toEqual(expected.toSorted());
      expect(found.get("messages")).toMatchObject({ _id: specimens["messages"] });
      expect(found.get("files")).toMatchObject({ _url: expect.any(String) as string });
      const text = JSON.stringify(lines);
      expect(text).not.toMatch(/"(keyHash|tokenHash|credential|ciphertext|leaseToken)"/);
      expect(found.get("runs")).toMatchObject({ state: { kind: "calling" } });
      expect(text).not.toContain(stranger.mark);
    });
  });
});

type Line = { table: string; row: Record<string, unknown> };

async function exported(as: Caller): Promise<Line[]> {
  const lines: Line[] = [];
  let next: { table?: string; cursor?: string | null } | null = {};
  while (next !== null) {
    const page: ExportPage = await as.query(api.queries.exports.page, next);
    for (const line of page.ndjson.split("\n").filter((text) => text !== "")) {
      lines.push(JSON.parse(line) as Line);
    }
    ({ next } = page);
  }
  return lines;
}

async function completed(t: Backend, erasureId: Id<"erasures">) {
  const get = async () => await t.query(internal.jobs.erasures.get, { erasureId });
  await expect.poll(async () => (await get()).status, { timeout: 20_000 }).toBe("completed");
  return await get();
}

/** All rows that name the tenant, whichever field they do it in. */
async function rowsWith(
  t: Backend,
  tenantId: string,
  { but = [] }: { but?: string[] } = {},
): Promise<string[]> {
  const found = Object.entries(await everything(t)).filter(([table]) => !but.includes(table));
  return found.flatMap(([table, rows]) =>
    rows
      .map((row) =>
        JSON.stringify([table, row], (_key, value: unknown) =>
          typeof value === "bigint" ? String(value) : value,
        ),
      )
      .filter((text) => text.includes(tenantId)),
  );
}

async function storedFile(t: Backend, specimens: Specimens): Promise<unknown> {
  const id = specimens["_storage"] as Id<"_storage">;
  return await t.run((ctx) => ctx.db.system.get("_storage", id));
}
