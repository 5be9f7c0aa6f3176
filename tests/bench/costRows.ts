/** A tenant with a ledger, and the sums that folding it makes, written straight through the engine. */
import { convexToJson, type Value } from "convex/values";
import {
  keysOf,
  modelKey,
  NO_SUMS,
  plus,
  UNITS,
  type Place,
} from "../../convex/model/rollups/sums";
import type { StoredSums } from "../../convex/validators";
import { periodOf } from "../../src/core/periods";
import type { Assembly } from "../../src/embedded/runtime/runtime";
import { specimenOf } from "../convex/isolation/specimens";
import { OWNER } from "./productRows";

const BATCH = 4_000;
export const COST_NOW_MS = Date.UTC(2026, 10, 26, 12);
const DAYS = 40;
const SPAN_MS = DAYS * 24 * 60 * 60 * 1_000;
const AGENTS = 20;
const MODELS = 20;
const EVENTS_PER_SESSION = 100;
/** Not folded yet, whatever the size. */
const OPEN = 50;

export type Ledger = { events: number; rollups: number; agentId: string };
type Row = Record<string, Value>;
type Sum = StoredSums & {
  dimension: string;
  key: string;
  unit: string;
  period: string;
  at: number;
};

/** Events of forty days until now, one after the other at even distances, each with a cost of its own. */
export async function fillLedger(
  { committer }: Pick<Assembly, "committer">,
  events: number,
): Promise<Ledger> {
  const ids: Record<string, string> = {};

  async function insert(
    table: string,
    rows: number,
    change: (index: number) => Record<string, Value | undefined>,
  ): Promise<string[]> {
    const template = convexToJson(specimenOf(table, { mark: "bench", ids }) as Row) as object;
    const made: string[] = [];
    for (let from = 0; from < rows; from += BATCH) {
      await committer.exclusive(async (tx) => {
        for (let index = from; index < Math.min(rows, from + BATCH); index++) {
          const changed = Object.entries(change(index)).map(([field, value]) => [
            field,
            value === undefined ? undefined : convexToJson(value),
          ]);
          const value = { ...template, ...(Object.fromEntries(changed) as object) };
          const text = JSON.stringify({ table, value });
          made.push((JSON.parse(tx.syscall("", "1.0/insert", text)) as { _id: string })._id);
        }
        return await Promise.resolve({ commit: true, value: null });
      });
    }
    ids[table] ??= made[0] ?? "";
    return made;
  }

  await insert("tenants", 1, () => ({ timeZone: undefined }));
  await insert("users", 1, () => ({ status: "active" }));
  const tokenIdentifier = `${OWNER.issuer}|${OWNER.subject}`;
  await insert("identities", 1, () => ({ ...OWNER, tokenIdentifier }));
  await insert("memberships", 1, () => ({ role: "owner", status: undefined }));
  const agents = await insert("agents", AGENTS, () => ({}));
  const sessionCount = Math.ceil(events / EVENTS_PER_SESSION);
  const sessions = await insert("sessions", sessionCount, (index) => ({
    externalId: `session ${index}`,
  }));

  const placeOf = (index: number) => ({
    agentId: agents[index % AGENTS] ?? "",
    sessionId: sessions[Math.floor(index / EVENTS_PER_SESSION)] ?? "",
    userId: ids["users"] ?? "",
    channel: ["api", "dashboard", "telegram"][index % 3] ?? "",
    model: { provider: "openai", model: `model-${(index * 7) % MODELS}` },
  });
  const atMs = (index: number) => COST_NOW_MS - SPAN_MS + Math.floor((index * SPAN_MS) / events);
  const hourOf = (ms: number) => new Date(ms).toISOString().slice(0, 13);
  const sumsOf = (index: number): StoredSums => {
    const totalCostPico = BigInt(1_000_000 + (index % 977) * 1_000);
    const counts = { costEvents: 1, promptTokens: 100, completionTokens: 20 };
    return { ...NO_SUMS, ...counts, totalCostPico, inputCostPico: totalCostPico };
  };

  const sums = new Map<string, Sum>();
  for (let index = 0; index < events; index++) {
    const hour = hourOf(atMs(index));
    for (const [dimension, key] of keysOf(placeOf(index) as unknown as Place)) {
      for (const unit of UNITS) {
        const period = periodOf(unit, hour);
        const name = `${dimension}|${key}|${unit}|${period}`;
        const before = sums.get(name);
        const at = { dimension, key, unit, period, at: atMs(index) };
        sums.set(name, { ...plus(before ?? NO_SUMS, sumsOf(index)), ...at });
      }
    }
  }
  await insert("cost_events", events, (index) => {
    const { model, ...place } = placeOf(index);
    const { totalCostPico, inputCostPico } = sumsOf(index);
    const when = { timestamp: atMs(index), period: hourOf(atMs(index)) };
    const cost = { totalCostPico, inputCostPico, outputCostPico: 0n, feesPico: 0n };
    return {
      ...place,
      ...model,
      modelKey: modelKey(model),
      ...when,
      ...cost,
      attemptId: `attempt ${index}`,
    };
  });
  const all = [...sums.values()];
  await insert("rollups", all.length, (index) => {
    const { at, ...sum } = all[index] as Sum;
    return { ...sum, lastActiveAt: at };
  });
  await insert("tallies", OPEN, (index) => ({
    ...placeOf(index),
    keyId: undefined,
    atMs: COST_NOW_MS + index,
    period: hourOf(COST_NOW_MS),
    sums: sumsOf(index),
  }));
  return { events, rollups: all.length, agentId: agents[0] ?? "" };
}
