/**
 * All tables, by area in `schema/`. Each says who writes it, who reads it and how its rows end.
 *
 * `tenantId` is the first field of every tenant table's indexes and never changes on a row. The
 * exceptions are marked: they find a person before any tenant is known, or serve a sweeper.
 *
 * **Contention.** Convex retries a mutation that lost a race four times and then fails it, so nothing
 * that many runs write at once is one row. A run, its steps and its messages are written by the one
 * worker that holds its lease, and a session has one run at a time; what all runs of a tenant add to its
 * sums are rows of their own, `tallies`, which one job folds into `rollups`. Nobody writes `tenants`, `users`,
 * `memberships` or `agents` on the way of a run, although every call reads them.
 *
 * Money is `v.int64()` in picoUSD (1e-12 USD) and its field's name ends in `Pico`.
 */
import { defineSchema } from "convex/server";
import { administrationTables } from "./schema/administration";
import { agentTables } from "./schema/agents";
import { budgetTables } from "./schema/budgets";
import { moneyTables } from "./schema/money";
import { peopleTables } from "./schema/people";
import { priceTables } from "./schema/prices";
import { skillTables } from "./schema/skills";
import { webhookTables } from "./schema/webhooks";
import { workTables } from "./schema/work";

export default defineSchema({
  ...peopleTables,
  ...administrationTables,
  ...agentTables,
  ...skillTables,
  ...workTables,
  ...moneyTables,
  ...budgetTables,
  ...priceTables,
  ...webhookTables,
});
