/**
 * What the tests of `convex/` stand on: a deployment to call, tenants to call it as, and a look at how it
 * fails. The suite knows the deployment only as `Backend`, so that it runs on every driver.
 */
import { ConvexError } from "convex/values";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Id } from "../../convex/_generated/dataModel";
import schema from "../../convex/schema";
import type { Role } from "../../src/core/permissions";
import type { AppErrorData } from "../../src/core/errors";
import { DRIVERS, type Backend, type Caller, type DriverName, type Variables } from "./drivers";

let driver: (typeof DRIVERS)[number] = DRIVERS[0];

/** Defines the suite once for each driver: `setup()` within its tests opens a deployment on that driver. */
export function onEachDriver(suite: (name: DriverName) => void): void {
  describe.each(DRIVERS)("$name", (candidate) => {
    // A file's tests run one after the other.
    beforeAll(() => {
      driver = candidate;
    });
    suite(candidate.name);
  });
}

/** `test` where the condition holds, and otherwise none: what can be seen on one driver only is no test of the other. */
export function testWhere(condition: boolean): (name: string, run: () => Promise<void>) => void {
  return condition ? test : () => {};
}

/** A fresh deployment of `convex/` with nothing in it, gone when the test ends. */
export async function setup(variables: Variables = {}): Promise<Backend> {
  const backend = await driver.open(variables);
  onTestFinished(() => backend.close());
  return backend;
}

/**
 * One deployment for all tests of a `describe`, for suites whose tests bring their own tenants: opening one
 * takes longer than most tests.
 *
 * @param variables - As a function, those that are known only once the tests run.
 */
export function sharedSetup(variables: Variables | (() => Variables) = {}): () => Backend {
  let backend: Backend | null = null;
  beforeAll(async () => {
    backend = await driver.open(typeof variables === "function" ? variables() : variables);
  });
  afterAll(async () => await backend?.close());
  return () => {
    if (backend === null) throw new Error("The deployment is open within tests only.");
    return backend;
  };
}

const ISSUER = "https://issuer.test";

export type Member = { tenantId: Id<"tenants">; userId: Id<"users">; as: Caller };

/** A tenant of its own with one member, and a caller who is signed in as that member. */
export async function tenantWith(
  t: Backend,
  { subject, role = "owner", maxAgents = 10 }: { subject: string; role?: Role; maxAgents?: number },
): Promise<Member> {
  const tenantId = await t.run(
    async (ctx) =>
      await ctx.db.insert("tenants", {
        name: subject,
        slug: subject,
        status: "active",
        plan: "starter",
        maxAgents,
        maxMonthlyTokens: 1_000_000,
        maxStorageGB: 1,
        billingEmail: `${subject}@example.invalid`,
        agentCounts: { active: 0, paused: 0, archived: 0 },
        createdAt: 0,
        updatedAt: 0,
      }),
  );
  return await memberOf(t, { tenantId, subject, role });
}

/** Another member of a tenant. */
export async function memberOf(
  t: Backend,
  { tenantId, subject, role }: { tenantId: Id<"tenants">; subject: string; role: Role },
): Promise<Member> {
  const tokenIdentifier = `${ISSUER}|${subject}`;
  const userId = await t.run(async (ctx) => {
    const existing = await ctx.db
      .query("identities")
      .withIndex("by_token_identifier", (q) => q.eq("tokenIdentifier", tokenIdentifier))
      .unique();
    const times = { createdAt: 0, updatedAt: 0 };
    const id =
      existing?.userId ??
      (await ctx.db.insert("users", { name: subject, status: "active", ...times }));
    if (existing === null) {
      const identity = { tokenIdentifier, issuer: ISSUER, subject, userId: id, createdAt: 0 };
      await ctx.db.insert("identities", identity);
    }
    await ctx.db.insert("memberships", { tenantId, userId: id, role, ...times });
    return id;
  });
  return { tenantId, userId, as: signedIn(t, subject) };
}

/** A caller with a valid sign-in, known to us or not. */
export function signedIn(t: Backend, subject: string): Caller {
  const tokenIdentifier = `${ISSUER}|${subject}`;
  return t.withIdentity({ issuer: ISSUER, subject, tokenIdentifier }) as Caller;
}

/** As the seeds' example creates one. */
const SUPPORT_BOT = {
  name: "Customer Support Bot",
  description: "Handles customer inquiries",
  systemPrompt: "You are a helpful customer support agent.",
  model: "claude-opus-4-6",
  provider: "anthropic",
  channels: ["dashboard", "api"],
  skills: ["web-search", "knowledge-base"],
} as const;

/** The arguments of a create or update, changeable. */
export function supportBot() {
  const { channels, skills, ...rest } = SUPPORT_BOT;
  return { ...rest, channels: [...channels], skills: [...skills] };
}

export const firstPage = { numItems: 50, cursor: null };

/** Fails unless the call fails with exactly this. */
export async function expectFailure(call: Promise<unknown>, data: AppErrorData): Promise<void> {
  expect(await failureOf(call)).toEqual(data);
}

/** What the call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<AppErrorData> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error, "the call fails with a failure of ours").toBeInstanceOf(ConvexError);
  return (error as ConvexError<AppErrorData>).data;
}

/** Every row of every table, for comparing before with after. */
export async function everything(t: Backend): Promise<Record<string, unknown[]>> {
  return await t.run(async (ctx) => {
    const tables: Record<string, unknown[]> = {};
    for (const name of Object.keys(schema.tables) as (keyof typeof schema.tables)[]) {
      tables[name] = await ctx.db.query(name).collect();
    }
    return tables;
  });
}
