/** A tenant with many rows in each of its large tables, written straight through the engine. */
import { convexToJson, type Value } from "convex/values";
import type { Assembly } from "../../src/embedded/runtime/runtime";
import { specimenOf } from "../convex/isolation/specimens";

const BATCH = 4_000;
/** A session's, run's or search's share of what names it: what small and large tenants are asked for alike. */
export const EACH = 20;
/** Of agents no plan allows more by far; of skills few deployments will have as many. */
const WORDED_MAX = 20_000;
export const COMMON_WORD = "support";
/** Ids that gets are asked for, from all over the table. */
const PLACES = 1_000;

export const OWNER = { issuer: "https://issuer.bench", subject: "owner" };
const TOKEN_IDENTIFIER = `${OWNER.issuer}|${OWNER.subject}`;
/** All the tenant's runs and messages are of one session; its sessions are of one agent. */
export type Filled = {
  agentId: string;
  sessionId: string;
  rows: Record<"agents" | "sessions" | "messages" | "skills", number>;
  ids: Record<"agents" | "sessions" | "messages" | "runs", string[]>;
  costedRuns: string[];
};

type Row = Record<string, Value>;

export const LARGE_TABLES = [
  "agents",
  "sessions",
  "messages",
  "runs",
  "cost_events",
  "activity_log",
  "skills",
] as const;
export type LargeTable = (typeof LARGE_TABLES)[number];

export async function fillTenant(
  { committer }: Pick<Assembly, "committer">,
  rowsOf: (table: LargeTable) => number,
): Promise<Filled> {
  const ids: Record<string, string> = {};

  /** Rows as the schema has them, with what `change` says instead; undefined leaves a field out. */
  async function insert(
    table: string,
    rows: number,
    change: (index: number) => Record<string, Value | undefined>,
  ): Promise<string[]> {
    const specimen = specimenOf(table, { mark: "bench", ids }) as Row;
    const template = convexToJson(specimen) as object;
    const made: string[] = [];
    for (let from = 0; from < rows; from += BATCH) {
      await committer.exclusive(async (tx) => {
        for (let index = from; index < Math.min(rows, from + BATCH); index++) {
          const value = { ...template, ...change(index) };
          const text = JSON.stringify({ table, value });
          made.push((JSON.parse(tx.syscall("", "1.0/insert", text)) as { _id: string })._id);
        }
        return await Promise.resolve({ commit: true, value: null });
      });
    }
    ids[table] ??= made[0] ?? "";
    return made;
  }

  await insert("tenants", 1, () => ({}));
  await insert("users", 1, () => ({ status: "active" }));
  await insert("identities", 1, () => ({ ...OWNER, tokenIdentifier: TOKEN_IDENTIFIER }));
  await insert("memberships", 1, () => ({ role: "owner", status: undefined }));
  const agents = await insert("agents", Math.min(rowsOf("agents"), WORDED_MAX), (index) => ({
    searchText: text(index),
    createdAt: index,
  }));
  const sessions = await insert("sessions", rowsOf("sessions"), (index) => ({
    title: text(index),
    externalId: `session ${index}`,
    createdAt: index,
    lastActivityAt: index,
  }));
  const messages = await insert("messages", rowsOf("messages"), (index) => ({
    content: text(index),
    turn: index,
    createdAt: index,
  }));
  const costed = Math.ceil(rowsOf("cost_events") / EACH);
  const runs = await insert("runs", Math.max(rowsOf("runs"), costed), (index) => ({
    turn: index,
    idempotencyKey: `run ${index}`,
    createdAt: index,
  }));
  await insert("run_steps", 1, () => ({}));
  await insert("cost_events", rowsOf("cost_events"), (index) => ({
    runId: runs[Math.floor(index / EACH)],
    attemptId: `attempt ${index}`,
    timestamp: index,
  }));
  await insert("activity_log", rowsOf("activity_log"), (index) => ({
    entityId: thing(Math.floor(index / EACH)),
    createdAt: index,
  }));
  const skillCount = Math.min(rowsOf("skills"), WORDED_MAX);
  await insert("skills", skillCount, (index) => {
    const category = topic(Math.floor(index / EACH));
    const found = { category, searchText: text(index) };
    return { ...found, id: skill(index), status: "published", installCount: index };
  });
  return {
    agentId: ids["agents"] ?? "",
    sessionId: ids["sessions"] ?? "",
    rows: {
      agents: agents.length,
      sessions: sessions.length,
      messages: messages.length,
      skills: skillCount,
    },
    ids: {
      agents: fromAllOver(agents),
      sessions: fromAllOver(sessions),
      messages: fromAllOver(messages),
      runs: fromAllOver(runs),
    },
    costedRuns: fromAllOver(runs.slice(0, costed)),
  };
}

export function skill(number: number): string {
  return `skill_${number}`;
}

/** What searches look in: a word that all rows have, and one that `EACH` have. */
function text(index: number): string {
  return `${COMMON_WORD} ${topic(Math.floor(index / EACH))}`;
}

/** A word that `EACH` rows of a table have; none is the beginning of another. */
export function topic(number: number): string {
  return `topic${String(number).padStart(6, "0")}`;
}

/** What `EACH` rows of the activity log are about. */
export function thing(number: number): string {
  return `thing ${number}`;
}

function fromAllOver(ids: readonly string[]): string[] {
  const step = Math.max(1, Math.floor(ids.length / PLACES));
  return ids.filter((_, index) => index % step === 0);
}
