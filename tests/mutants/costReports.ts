/** Views of costs, the export and retention: one mistake each. */
import type { Mutant } from "./mutants";

const TESTS = ["tests/convex/costReports.test.ts"];
const RANKING = { file: "convex/model/rollups/ranking.ts", tests: TESTS };
const EXPORT = ["tests/convex/costExport.test.ts"];
const EXPORTS = { file: "convex/model/costs/exports.ts", tests: EXPORT };
const HISTORY = { file: "convex/model/costs/history.ts", tests: TESTS };

export const COST_REPORT_MUTANTS: readonly Mutant[] = [
  {
    name: "rankings: what is open stands where it stood before",
    ...RANKING,
    find: "if (sums.has(row.key)) continue; // stands elsewhere by now",
    replace: "",
  },
  {
    name: "rankings: a page that ends among equals loses the others",
    ...RANKING,
    find: 'equal.lt("_creationTime", createdAt);',
    replace: 'equal.lt("_creationTime", 0);',
  },
  {
    name: "rankings: pages begin with what is open, again",
    ...RANKING,
    find: "after === null || compare(after, one) < 0",
    replace: "true",
  },
  {
    name: "rankings: open tallies without end are said to be all",
    file: "convex/model/rollups/tallies.ts",
    find: "return { tallies, countedUntil: last?.atMs ?? null };",
    replace: "return { tallies, countedUntil: null };",
    tests: TESTS,
  },
  {
    name: "fold: sums that did not fit into the batch are lost",
    file: "convex/model/rollups/fold.ts",
    find: "const folded = tallies.slice(0, foldedCount);",
    replace: "const folded = tallies;",
    tests: ["tests/convex/rollups.test.ts"],
  },
  {
    name: "history: what is open is left out",
    ...HISTORY,
    find: "if (more !== undefined) add(period, more);",
    replace: "",
  },
  {
    name: "history: the hour that comes twice comes in the order of its names",
    ...HISTORY,
    find: "orderOf(a) - orderOf(b)",
    replace: "a < b ? -1 : 1",
  },
  {
    name: "forecast: the whole month has gone by",
    file: "src/budgets/forecast.ts",
    find: "atEnd: (spent * length) / elapsed",
    replace: "atEnd: (spent * elapsed) / elapsed",
    tests: TESTS,
  },
  {
    name: "ledger rows: a day ends before its last hour",
    file: "convex/model/costs/ledgerRows.ts",
    find: 'last.includes("T") ? last : `${last}${PAST}`',
    replace: "last",
    tests: EXPORT,
  },
  {
    name: "export: what is booked meanwhile is in it",
    ...EXPORTS,
    find: "event._creationTime <= extent.cutOffMs",
    replace: "true",
  },
  {
    name: "export: a summary counts as one event",
    ...EXPORTS,
    find: "costEvents: ({ eventCount = 1 }) => eventCount,",
    replace: "costEvents: () => 1,",
  },
  {
    name: "export: nobody notices retention",
    file: "convex/rest/costs.ts",
    find: "if (summarised !== 0) {",
    replace: "if (summarised > 0) {",
    tests: EXPORT,
  },
  {
    name: "export: formulas stay formulas",
    file: "src/core/csv.ts",
    find: "? `'${text}` : text;",
    replace: "? text : text;",
    tests: EXPORT,
  },
  {
    name: "export: a page asks nobody's right",
    file: "convex/jobs/costExports.ts",
    find: 'callerScope(ctx, by, "costs:read")',
    replace: 'callerScope(ctx, by, "agents:read")',
    tests: EXPORT,
  },
  {
    name: "retention: a day ends at UTC's midnight",
    file: "convex/model/costs/cleanup.ts",
    find: 'const day = periodOf("day", event.period);',
    replace: "const day = new Date(event.timestamp).toISOString().slice(0, 10);",
    tests: ["tests/convex/costs.test.ts"],
  },
  {
    name: "retention: many without a price count as one",
    file: "convex/model/costs/cleanup.ts",
    find: "unpricedChange: unpricedIn(summary) + unpricedIn(one),",
    replace: "",
    tests: ["tests/convex/costs.test.ts"],
  },
];
