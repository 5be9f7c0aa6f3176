/** The ledger from outside: one mistake each. */
import type { Mutant } from "./mutants";

const TESTS = ["tests/convex/costs.test.ts"];

const ROLLUPS = ["tests/convex/rollups.test.ts"];
const FOLD = { file: "convex/model/rollups/fold.ts", tests: ROLLUPS };
const TALLIES = { file: "convex/model/rollups/tallies.ts", tests: ROLLUPS };
const READ = { file: "convex/model/rollups/read.ts", tests: ROLLUPS };

const PERIODS = {
  file: "src/core/periods.ts",
  tests: ["tests/src/core/periods.test.ts", "tests/convex/rollups.test.ts"],
};

const ROLLUP_MUTANTS: readonly Mutant[] = [
  {
    name: "roll-ups: folded tallies stay",
    ...FOLD,
    find: 'await Promise.all(folded.map(({ _id }) => ctx.db.delete("tallies", _id)));',
    replace: "",
  },
  {
    name: "roll-ups: a fold writes over what was there",
    ...FOLD,
    find: "toWide(plus(fromWide(row), delta))",
    replace: "toWide(delta)",
  },
  {
    name: "roll-ups: two tallies of one sum count once",
    ...FOLD,
    find: "{ ...plus(delta, sums), lastActiveAt }",
    replace: "{ ...sums, lastActiveAt }",
  },
  {
    name: "roll-ups: a fold takes the youngest too",
    file: "convex/jobs/rollups.ts",
    find: "nowMs - Fold.SETTLED_MS",
    replace: "nowMs + Fold.SETTLED_MS",
    tests: ROLLUPS,
  },
  {
    name: "roll-ups: the fold does not come again",
    file: "convex/jobs/rollups.ts",
    find: "if (isLink && doneCount > 0) {",
    replace: "if (isLink && hasMore) {",
    tests: ROLLUPS,
  },
  {
    name: "roll-ups: what cannot be folded stays in the way of the others",
    ...FOLD,
    find: "await postpone(ctx, tallies, when.nowMs);",
    replace: "throw error;",
  },
  {
    name: "roll-ups: a burst reads more than a transaction may",
    ...FOLD,
    find: "const BATCH_ROLLUPS = 800;",
    replace: "const BATCH_ROLLUPS = 2_048;",
  },
  {
    name: "roll-ups: what could not be folded is never tried again",
    ...FOLD,
    find: "return [...fresh, ...again];",
    replace: "return fresh;",
  },
  {
    name: "roll-ups: each start begins a chain",
    file: "convex/model/rollups/chain.ts",
    find: "if (last !== null && (await isUnderWay(ctx, last.jobId))) return;",
    replace: "",
    tests: ROLLUPS,
  },
  {
    name: "roll-ups: what is carried is not counted",
    file: "convex/model/rollups/sums.ts",
    find: "narrow({ carry: carries[name], rest: rests[name] })",
    replace: "narrow({ carry: undefined, rest: rests[name] })",
    tests: ROLLUPS,
  },
  {
    name: "roll-ups: what was carried once stays so",
    ...FOLD,
    find: "carries: undefined,",
    replace: "",
  },
  {
    name: "rankings: what fits into one int64 does not follow what does not",
    file: "convex/model/rollups/ranking.ts",
    find: "if (carry !== undefined) yield*",
    replace: "if (carry === undefined) yield*",
    tests: ROLLUPS,
  },
  {
    name: "costs: a call may come to any amount",
    file: "convex/lib/usd.ts",
    find: "if (pico <= CALL_PICO_MAX) return pico;",
    replace: "if (pico >= 0n) return pico;",
    tests: TESTS,
  },
  {
    name: "roll-ups: readers see what is folded alone",
    ...READ,
    find: "  return together(row, sums);",
    replace: "  return together(row, row === null ? sums : undefined);",
  },
  {
    name: "roll-ups: an hour is a day",
    ...PERIODS,
    find: 'case "hour":\n      return hour;',
    replace: 'case "hour":\n      return hour.slice(0, "2026-11-20".length);',
  },
  {
    name: "periods: an hour that comes twice is one",
    ...PERIODS,
    find: 'offset === "+00:00" ? "" : offset',
    replace: '""',
  },
  {
    name: "periods: a week is its Monday's year's",
    ...PERIODS,
    find: "(3 - weekday(date))",
    replace: "(0 - weekday(date))",
  },
  {
    name: "periods: ends are looked for from the moment, not from its quarter",
    ...PERIODS,
    find: "const quarter = Math.floor(atMs / QUARTER_MS);",
    replace: "const quarter = atMs / QUARTER_MS;",
  },
  {
    name: "roll-ups: two places are one row",
    ...TALLIES,
    find: "if (!isSame(placeOfA, placeOfB)) return null;",
    replace: "if (placeOfA.agentId !== placeOfB.agentId) return null;",
  },
  {
    name: "roll-ups: each count is a row",
    ...TALLIES,
    find: "if (before !== undefined && together) {",
    replace: "if (before !== undefined && together && nowMs < 0) {",
  },
];

const CHECK = {
  file: "convex/model/costs/check.ts",
  tests: ["tests/convex/costCheck.test.ts"],
};
const CHECK_MUTANTS: readonly Mutant[] = [
  {
    name: "check: hours without a sum are not looked at",
    ...CHECK,
    find: "hours.add(outer.period);",
    replace: "",
  },
  {
    name: "check: an hour of UTC is part of one of the tenant's",
    ...CHECK,
    find: 'for (const order of ["asc", "desc"] as const) {',
    replace: 'for (const order of ["asc", "asc"] as const) {',
  },
  {
    name: "check: sums without an event are not looked at",
    ...CHECK,
    find: "return { keys: counted.map(({ key }) => key), cursor: continueCursor, isDone };",
    replace: "return { keys: [], cursor: continueCursor, isDone };",
  },
  {
    name: "check: a day is compared with its first hours only",
    ...CHECK,
    file: "convex/model/costs/checkRollups.ts",
    find: 'check("hours and day", parts, day)',
    replace: 'check("hours and day", parts, undefined).slice(0, 0)',
  },
  {
    name: "check: what is not folded yet is missed",
    ...CHECK,
    find: "const open = await openTallies(ctx, of);",
    replace: "const open = (await openTallies(ctx, of)).slice(0, 0);",
  },
  {
    name: "check: what counters drew in is forgotten",
    file: "convex/model/budgets/standing.ts",
    find: "fromStored(settled)",
    replace: "NOTHING",
    tests: ["tests/convex/costCheck.test.ts"],
  },
  {
    name: "check: a summary stands for one event",
    file: "convex/model/costs/ledger.ts",
    find: "costEvents: event.eventCount ?? 1,",
    replace: "costEvents: 1,",
    tests: ["tests/convex/costCheck.test.ts"],
  },
];

export const COSTS: readonly Mutant[] = [
  ...CHECK_MUTANTS,
  ...ROLLUP_MUTANTS,
  {
    name: "costs: a key books again",
    file: "convex/model/costs/reported.ts",
    find: "    return before._id;",
    replace: "    await book(ctx, scope, { event: named, nowMs });\n    return before._id;",
    tests: TESTS,
  },
  {
    name: "costs: a key stands for whatever is reported",
    file: "convex/model/costs/reported.ts",
    find: "if (!isSame(before, named))",
    replace: "if (isSame(before, named) && !isSame(before, named))",
    tests: TESTS,
  },
  {
    name: "costs: a total is believed",
    file: "convex/model/costs/reported.ts",
    find: "if (cost.totalCost !== undefined) checkTotal(cost.totalCost, totalCostPico);",
    replace: "",
    tests: TESTS,
  },
  {
    name: "costs: a text is rounded like a number",
    file: "convex/model/costs/reported.ts",
    find: 'typeof given === "number" ? ROUNDING_PICO : 0n',
    replace: "ROUNDING_PICO",
    tests: TESTS,
  },
  {
    name: "costs: a session of another agent's takes the cost",
    file: "convex/model/costs/reported.ts",
    find: "session !== undefined && session.agentId !== agentId",
    replace: "session !== undefined && session.agentId === undefined",
    tests: TESTS,
  },
  {
    name: "costs: a summary forgets all but the last",
    file: "convex/model/costs/cleanup.ts",
    find: "totalCostPico: summary.totalCostPico + one.totalCostPico",
    replace: "totalCostPico: one.totalCostPico",
    tests: TESTS,
  },
  {
    name: "costs: models are summed as one",
    file: "convex/model/costs/cleanup.ts",
    find: "/${provider}/${model}`",
    replace: "/${provider}`",
    tests: TESTS,
  },
  {
    name: "costs: retention takes what is recent",
    file: "convex/model/costs/cleanup.ts",
    find: "if (!(beforeMs <= nowMs - KEPT_DAYS_MIN * DAY_MS)) {",
    replace: "if (!(beforeMs <= nowMs)) {",
    tests: TESTS,
  },
  {
    name: "costs: retention ends with its first batch",
    file: "convex/model/costs/cleanup.ts",
    find: "  if (!isDone) {",
    replace: "  if (isDone) {",
    tests: TESTS,
  },
];
