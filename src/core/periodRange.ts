/** Periods as callers name them, and the periods between two moments. */
import { DAY_MS, HOUR_MS } from "./limits";
import { hourIn, type PeriodUnit } from "./periods";

/** The units that sums are kept by. */
export type SummedUnit = Exclude<PeriodUnit, "week">;
type EndingUnit = Exclude<SummedUnit, "total">;

const MONTH = String.raw`\d{4}-(0[1-9]|1[0-2])`;
const DAY = String.raw`${MONTH}-(0[1-9]|[12]\d|3[01])`;
const HOUR = String.raw`${DAY}T([01]\d|2[0-3])([+-]\d\d:\d\d)?`;
const NAMED: readonly [EndingUnit, RegExp][] = [
  ["month", new RegExp(`^${MONTH}$`)],
  ["day", new RegExp(`^${DAY}$`)],
  ["hour", new RegExp(`^${HOUR}$`)],
];

/** Of which unit a period is that is named as sums name it; null when nothing is named so. */
export function unitOf(period: string): SummedUnit | null {
  if (period === "") return "total";
  return NAMED.find(([, pattern]) => pattern.test(period))?.[0] ?? null;
}

/** Whether it is an hour that says no offset: of UTC, or of a zone that is not named. */
export function isBareHour(period: string): boolean {
  return /T\d\d$/.test(period);
}

/** The hours of a zone that its clocks show as "2026-11-20T13": two where summer time ends, none where it begins. */
export function hoursShown(timeZone: string, bareHour: string): string[] {
  const atMs = Date.parse(`${bareHour}:00Z`);
  if (Number.isNaN(atMs)) return [];
  const offsets = [atMs - DAY_MS, atMs + DAY_MS].map((aroundMs) =>
    hourIn(timeZone, aroundMs).slice(bareHour.length),
  );
  const hours = [...new Set(offsets)].map((offset) => `${bareHour}${offset}`);
  return hours.filter((hour) => hourIn(timeZone, orderOf(hour)) === hour);
}

/** For putting periods of one unit in order, whatever zones their hours are of. */
export function orderOf(period: string): number {
  const hour = /^(.*T\d\d)(.*)$/.exec(period);
  if (hour === null) return Date.parse(period);
  const [, name = "", offset = ""] = hour;
  return Date.parse(`${name}:00${offset === "" ? "Z" : offset}`);
}

type Between = { timeZone: string; fromMs: number; toMs: number };

/**
 * The periods from the one that a moment is in up to the one before another moment ends, in order.
 *
 * @returns Null when they are more than `countMax`.
 */
export function periodsBetween(
  unit: EndingUnit,
  { timeZone, fromMs, toMs }: Between,
  countMax: number,
): string[] | null {
  const shortestMs = { hour: HOUR_MS / 2, day: 23 * HOUR_MS, month: 27 * DAY_MS }[unit];
  if ((toMs - fromMs) / shortestMs > 2 * countMax + 2) return null;
  const [first, last] = [fromMs, toMs - 1].map((atMs) => hourIn(timeZone, atMs)) as [
    string,
    string,
  ];
  const periods = {
    hour: () => hoursBetween({ timeZone, fromMs, toMs }),
    day: () => daysBetween(first.slice(0, 10), last.slice(0, 10)),
    month: () => monthsBetween(first.slice(0, 7), last.slice(0, 7)),
  }[unit]();
  return periods.length > countMax ? null : periods;
}

/** By half hours: there is a zone whose summer is half an hour away. */
function hoursBetween({ timeZone, fromMs, toMs }: Between): string[] {
  const stepMs = timeZone === "UTC" ? HOUR_MS : HOUR_MS / 2;
  const hours = new Set<string>();
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs) hours.add(hourIn(timeZone, atMs));
  hours.add(hourIn(timeZone, toMs - 1));
  return [...hours];
}

function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let atMs = Date.parse(first); atMs <= Date.parse(last); atMs += DAY_MS) {
    days.push(new Date(atMs).toISOString().slice(0, 10));
  }
  return days;
}

function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  const date = new Date(`${first}-01T00:00:00Z`);
  for (; date.toISOString().slice(0, 7) <= last; date.setUTCMonth(date.getUTCMonth() + 1)) {
    months.push(date.toISOString().slice(0, 7));
  }
  return months;
}
