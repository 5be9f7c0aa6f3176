/** Times as people write them on a command line: "30s", "4m", "12h", "7d". */
import { InvalidArgumentError } from "commander";

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export function parseDuration(text: string): number {
  const [, amount = "", unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (amount !== "") return Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
  throw new InvalidArgumentError("It must be a number and a unit: 30s, 4m, 12h or 7d.");
}

/** The shortest way to write whole units. */
export function durationText(ms: number): string {
  const units = Object.entries(UNITS_MS).toReversed();
  const [name, unitMs] = units.find(([, unitMs]) => ms >= unitMs && ms % unitMs === 0) ?? [
    "s",
    1_000,
  ];
  return `${ms / unitMs}${name}`;
}
