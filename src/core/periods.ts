/**
 * Periods: the hours, days, weeks and months that money is counted by, in a tenant's own time zone.
 *
 * A period is named by text that sorts as time does: "2026-11", "2026-W48", "2026-11-20", "2026-11-20T13"; the whole of
 * time is "". An hour outside UTC names its offset too ("2026-10-25T02+02:00"), for the hour at which summer time
 * ends comes twice.
 */
import { DAY_MS, MINUTE_MS } from "./limits";

export type PeriodUnit = "total" | "month" | "week" | "day" | "hour";

/** Offsets of zones change, and are, by whole quarters of an hour. */
const QUARTER_MS = 15 * MINUTE_MS;
/** Longer than any period that ends. */
const PERIOD_QUARTERS_MAX = (32 * DAY_MS) / QUARTER_MS;

/** The hour that a moment is in. The zone is an IANA name that `isTimeZone` takes. */
export function hourIn(timeZone: string, atMs: number): string {
  if (timeZone === "UTC") return new Date(atMs).toISOString().slice(0, "2026-11-20T13".length);
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(atMs)
      .map((part) => [part.type, part]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)?.value ?? "";
  const offset = part("timeZoneName").slice("GMT".length);
  const date = [part("year"), part("month"), part("day")].join("-");
  return `${date}T${part("hour")}${offset === "+00:00" ? "" : offset}`;
}

/** The period of a unit that an hour is part of; a day's name may stand for its hours. */
export function periodOf(unit: PeriodUnit, hour: string): string {
  switch (unit) {
    case "total":
      return "";
    case "month":
      return hour.slice(0, "2026-11".length);
    case "week":
      return weekOf(hour.slice(0, "2026-11-20".length));
    case "day":
      return hour.slice(0, "2026-11-20".length);
    case "hour":
      return hour;
  }
}

/** The period of a unit that a moment is in. */
export function periodAt(unit: PeriodUnit, timeZone: string, atMs: number): string {
  return unit === "total" ? "" : periodOf(unit, hourIn(timeZone, atMs));
}

/** When the period ends that a moment is in; null where it never does. */
export function periodEndMs(unit: PeriodUnit, timeZone: string, atMs: number): number | null {
  if (unit === "total") return null;
  return (lastQuarterOf(unit, { timeZone, atMs, towards: 1 }) + 1) * QUARTER_MS;
}

/** When the period began that a moment is in. */
export function periodStartMs(
  unit: Exclude<PeriodUnit, "total">,
  timeZone: string,
  atMs: number,
): number {
  return lastQuarterOf(unit, { timeZone, atMs, towards: -1 }) * QUARTER_MS;
}

/** The quarter of an hour that is the period's last one, looking into the future or the past. */
function lastQuarterOf(
  unit: PeriodUnit,
  { timeZone, atMs, towards }: { timeZone: string; atMs: number; towards: 1 | -1 },
): number {
  const period = periodAt(unit, timeZone, atMs);
  const quarter = Math.floor(atMs / QUARTER_MS);
  const at = (distance: number) => quarter + towards * distance;
  // Periods follow one another and none comes back: it is found by halving.
  let [inside, outside] = [0, PERIOD_QUARTERS_MAX];
  while (outside - inside > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (periodAt(unit, timeZone, at(middle) * QUARTER_MS) === period) inside = middle;
    else outside = middle;
  }
  return at(inside);
}

/** The days of a week such as "2026-W48", Monday first. */
export function daysOfWeek(week: string): string[] {
  const [year, number] = week.split("-W").map(Number) as [number, number];
  const fourth = new Date(Date.UTC(year, 0, 4)); // always in the year's first week
  const mondayMs = fourth.getTime() - weekday(fourth) * DAY_MS + (number - 1) * 7 * DAY_MS;
  return Array.from({ length: 7 }, (_, day) => dayName(mondayMs + day * DAY_MS));
}

export function isTimeZone(name: string): boolean {
  try {
    formatFor(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** ISO 8601: a week begins on Monday, and belongs to the year that its Thursday is in. */
function weekOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const thursday = new Date(date.getTime() + (3 - weekday(date)) * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS));
  return `${year}-W${String(week).padStart(2, "0")}`;
}

/** 0 is Monday. */
function weekday(date: Date): number {
  return (date.getUTCDay() + 6) % 7;
}

function dayName(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, "2026-11-20".length);
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than all else here. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    hourCycle: "h23",
    timeZoneName: "longOffset",
  });
  FORMATS.set(timeZone, format);
  return format;
}
