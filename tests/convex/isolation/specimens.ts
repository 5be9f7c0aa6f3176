/**
 * A row of every table for a tenant, made from the schema itself, so that a new table has its specimen by
 * itself. Each text in it carries the tenant's mark: wherever the mark turns up, the tenant's data did.
 */
import type { GenericMutationCtx, GenericDataModel } from "convex/server";
import schema from "../../../convex/schema";
import type { Backend } from "../drivers";

export type Specimens = Readonly<Record<string, string>>;

type Validator = {
  kind: string;
  isOptional: "optional" | "required";
  fields?: Record<string, Validator>;
  members?: Validator[];
  value?: unknown;
  element?: Validator;
  tableName?: string;
};
type Row = Record<string, unknown>;

/** Where the schema allows more than makes sense; a function of the world where it is the tenant's own. */
const SENSE: Readonly<Record<string, Row>> = {
  tenants: {
    status: "active",
    maxAgents: 100,
    maxStorageGB: 1,
    agentCounts: { active: 1, paused: 0, archived: 0 },
  },
  sessions: { turnCount: 1 },
  messages: { turn: 1, position: 0, role: "assistant", status: "complete" },
  memberships: { role: "member" },
  agents: { maxTokens: 100, consensusEnabled: false, version: 1, skills: skillsIn },
  // No adjustment or summary; and a version that holds, by the name that its model is called by.
  cost_events: { kind: "attempt" },
  price_overrides: { effectiveFromMs: 0, enabled: true },
  parked_runs: { rank: -1 }, // no rank at all: a driver of another test would take it in
  agent_versions: { version: 1 },
  approvals: { role: "member", expiresAtMs: Number.MAX_SAFE_INTEGER },
  api_keys: { expiresAt: Number.MAX_SAFE_INTEGER },
  invitations: { expiresAt: Number.MAX_SAFE_INTEGER },
  skills: { status: "draft", version: "1.0.0", id: skillIdIn },
  skill_versions: { version: "1.0.0" },
  agent_skills: { version: "1.0.0", skillId: skillIdIn },
  budget_policies: { window: "month", key: "", status: "active" },
  budget_reservations: { key: reservationKeyIn, state: "reserved" },
  budget_pauses: { resumesAtMs: Number.MAX_SAFE_INTEGER },
  // Told of nothing by itself; and within the time in which it may be sent again.
  webhook_endpoints: { events: [] },
  webhook_deliveries: { createdAt: Number.MAX_SAFE_INTEGER },
};
/** Left out although they may be there. */
const ABSENT: Readonly<Record<string, readonly string[]>> = {
  tenants: ["deletedAt"],
  sessions: ["completedAt"],
  runs: ["reapAtMs", "wakeJobId"],
  messages: ["chunksExpireAtMs", "error"],
  api_keys: ["revokedAt"],
  agents: ["temperature"],
  budget_policies: ["degradeTo"],
  cost_events: ["adjusts", "eventCount"],
  webhook_secrets: ["expiresAtMs"],
  webhook_deliveries: ["lane", "dueAtMs", "leaseToken"], // or the worker would take it
};
/** Their rows are of no tenant's. */
const NOT_A_TENANTS = new Set(["erasures", "drivers"]);

const tables = schema.tables as unknown as Record<string, { validator: Validator }>;

/** @param ids - Of rows that are there already: the tenant, and the person who made everything. */
export async function makeSpecimens(
  t: Backend,
  { mark, ids: given = {} }: { mark: string; ids?: Specimens },
): Promise<Specimens> {
  return await t.run(async (genericCtx) => {
    const ctx = genericCtx as unknown as GenericMutationCtx<GenericDataModel>;
    const ids: Record<string, string> = { ...given };
    ids["_storage"] = await genericCtx.storage.store(new Blob([mark]));
    ids["_upload"] = await genericCtx.storage.store(new Blob([mark]));
    for (const table of inOrder()) {
      if (table in ids) continue;
      const made = make(tables[table]!.validator, { mark, ids, table });
      if (made !== MISSING) ids[table] = await ctx.db.insert(table, made as never);
    }
    ids["skills.id"] = skillIdIn({ ids });
    ids["budget_reservations.key"] = callersKeyIn({ ids });
    return ids;
  });
}

/** Nobody's: well-formed ids of rows that are gone. */
export async function makeMissing(t: Backend): Promise<Specimens> {
  const gone = await makeSpecimens(t, { mark: "gone" });
  await t.run(async (ctx) => {
    for (const [table, id] of Object.entries(gone)) {
      if (isRow(table)) await ctx.db.delete(id as never);
      else if (table.startsWith("_")) await ctx.storage.delete(id as never);
    }
  });
  return gone;
}

/**
 * `_storage` is the bytes of the specimen of `files`, `_upload` bytes that are nobody's yet, `skills.id` the name
 * of the specimen of `skills`, `budget_reservations.key` the one by which its caller knows the reservation.
 */
function isRow(table: string): boolean {
  return table in tables;
}

function skillIdIn({ ids }: Pick<World, "ids">): string {
  return `skill_${ids["tenants"]}`;
}

function callersKeyIn({ ids }: Pick<World, "ids">): string {
  return `a call of ${ids["tenants"]}`;
}

function reservationKeyIn(world: World): string {
  return `external/${callersKeyIn(world)}`;
}

function skillsIn(world: World): string[] {
  return [skillIdIn(world)];
}

/** The rows as they are, for comparing before with after. */
export async function rowsOf(t: Backend, specimens: Specimens): Promise<string> {
  const rows = await t.run(async (ctx) => {
    const ids = Object.entries(specimens).filter(([table]) => isRow(table));
    return await Promise.all(ids.map(async ([, id]) => await ctx.db.get(id as never)));
  });
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

/** A row as its table's schema has it, made of the mark and of ids of other rows. */
export function specimenOf(table: string, world: Omit<World, "table">): unknown {
  const made = make(tables[table]!.validator, { ...world, table });
  if (made === MISSING) throw new Error(`${table} needs rows that are not there.`);
  return made;
}

const MISSING = Symbol("refers to what there is none of yet");

/** Tables after those that they cannot do without. */
function inOrder(): string[] {
  const order: string[] = [];
  const place = (table: string) => {
    if (order.includes(table) || NOT_A_TENANTS.has(table)) return;
    for (const needed of requiredTables(tables[table]!.validator)) {
      if (needed !== table && needed in tables) place(needed);
    }
    order.push(table);
  };
  Object.keys(tables).forEach(place);
  return order;
}

function requiredTables(validator: Validator): string[] {
  if (validator.kind === "id") return [validator.tableName ?? ""];
  return Object.values(validator.fields ?? {})
    .filter(({ isOptional }) => isOptional === "required")
    .flatMap(requiredTables);
}

type World = { mark: string; ids: Readonly<Record<string, string>>; table: string };

function make(validator: Validator, world: World): unknown {
  switch (validator.kind) {
    case "object": {
      const row: Row = {};
      for (const [field, inner] of Object.entries(validator.fields ?? {})) {
        if (ABSENT[world.table]?.includes(field) === true) continue;
        const sense = SENSE[world.table]?.[field];
        const value = typeof sense === "function" ? sense(world) : (sense ?? make(inner, world));
        if (value !== MISSING) row[field] = value;
        else if (inner.isOptional === "required") return MISSING;
      }
      return row;
    }
    case "id":
      return world.ids[validator.tableName ?? ""] ?? MISSING;
    case "union":
      return make(validator.members?.[0] ?? validator, world);
    case "literal":
      return validator.value;
    case "array": {
      const element = make(validator.element ?? validator, world);
      return element === MISSING ? [] : [element];
    }
    case "record":
      return {};
    case "string":
      return world.mark;
    case "float64":
      return 1;
    case "int64":
      return 1n;
    case "boolean":
      return false;
    case "null":
      return null;
    case "any":
      return world.mark;
    default:
      throw new Error(`No specimen of a ${validator.kind}.`);
  }
}
