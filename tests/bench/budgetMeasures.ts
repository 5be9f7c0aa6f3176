/** What is measured of budgets, in the order of the table. */
import type { Measure } from "./report";

export const RATIOS = { without: "× without", one: "× on one" };

export type BudgetMeasure = keyof typeof BUDGET_MEASURES;

export const BUDGET_MEASURES = {
  turnWithout: { title: "turn without budgets: whole reply seen", unit: "ms" },
  turnWithin: beside("turn within five budgets: whole reply seen", "ms", "turnWithout"),
  added: { title: "added by five budgets to a turn", unit: "ms" },
  cpuWithout: { title: "CPU of a turn without budgets", unit: "ms" },
  cpuWithin: beside("CPU of a turn within five", "ms", "cpuWithout"),
  readWithout: { title: "rows read in a turn without budgets", unit: "rows" },
  readWithin: beside("rows read within five", "rows", "readWithout"),
  writtenWithout: { title: "rows written in a turn without budgets", unit: "rows" },
  writtenWithin: beside("rows written within five", "rows", "writtenWithout"),

  onOne: { title: "reserved and settled, 16 clients, one budget", unit: "/s" },
  onMany: {
    title: "reserved and settled, 16 clients, 100 budgets",
    unit: "/s",
    versus: { one: "onOne" },
  },
} as const satisfies Record<string, Measure>;

function beside(title: string, unit: Measure["unit"], without: string): Measure {
  return { title, unit, versus: { without } };
}
