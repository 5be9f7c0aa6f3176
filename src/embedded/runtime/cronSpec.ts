/**
 * When a cron runs next. All schedules are in UTC.
 *
 * Cron lines have five fields: minute, hour, day of month, month, day of week. Fields take `*`, numbers,
 * names (`JAN`, `SUN`), ranges `a-b`, lists `a,b` and steps `/n`; Sunday is 0 (7 is accepted). When both days
 * are restricted, either may match. Convex also has `L`, `W` and `#`; those are refused here by name.
 */
import type { CronSchedule } from "../deploy/types";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Longest gap between two matches: 29 February around a century that is no leap year, 8 years. */
const SEARCH_DAYS_MAX = 9 * 366;

const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const DAYS_OF_WEEK = "SUN MON TUE WED THU FRI SAT".split(" ");

type Field = { name: string; min: number; max: number; names?: readonly string[] };
const FIELDS = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: MONTHS },
  { name: "day of week", min: 0, max: 7, names: DAYS_OF_WEEK },
] as const satisfies readonly Field[];

type CronLine = {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  months: ReadonlySet<number>;
  matchesDay(dayOfMonth: number, dayOfWeek: number): boolean;
};

/**
 * The first time after `afterMs` at which a schedule runs. Intervals have no times of their own: they count
 * from the previous run.
 *
 * @throws Error - The schedule is malformed or never matches; the message says which field.
 */
export function nextOccurrenceMs(
  schedule: Exclude<CronSchedule, { type: "interval" }>,
  afterMs: number,
): number {
  const line = parseCronLine(toCronLine(schedule));
  const firstMs = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const firstDayMs = Math.floor(firstMs / DAY_MS) * DAY_MS;

  for (let day = 0; day < SEARCH_DAYS_MAX; day++) {
    const dayMs = firstDayMs + day * DAY_MS;
    const date = new Date(dayMs);
    if (!line.months.has(date.getUTCMonth() + 1)) continue;
    if (!line.matchesDay(date.getUTCDate(), date.getUTCDay())) continue;
    for (const hour of line.hours) {
      for (const minute of line.minutes) {
        const atMs = dayMs + hour * HOUR_MS + minute * MINUTE_MS;
        if (atMs >= firstMs) return atMs;
      }
    }
  }
  throw new Error(`The cron spec "${toCronLine(schedule)}" will never match any time.`);
}

/**
 * The run that follows the one due at `previousMs` (null for a cron that never ran), and how many runs in
 * between were missed. A new interval runs at once; all others wait for their time.
 */
export function nextRun(
  schedule: CronSchedule,
  { previousMs, nowMs }: { previousMs: number | null; nowMs: number },
): { atMs: number; skipped: number } {
  if (schedule.type === "interval") {
    if (previousMs === null) return { atMs: nowMs, skipped: 0 };
    const intervalMs = schedule.seconds * 1000;
    const skipped = Math.max(0, Math.ceil((nowMs - previousMs) / intervalMs) - 1);
    return { atMs: previousMs + (skipped + 1) * intervalMs, skipped };
  }
  const atMs = nextOccurrenceMs(schedule, nowMs);
  const missed = previousMs !== null && nextOccurrenceMs(schedule, previousMs) < atMs;
  return { atMs, skipped: missed ? countOccurrences(schedule, previousMs, atMs) : 0 };
}

/** Enough to say "many" in a log line; counting years of missed minutes would block the process. */
const SKIPPED_COUNT_MAX = 1_000;

function countOccurrences(
  schedule: Exclude<CronSchedule, { type: "interval" }>,
  afterMs: number,
  beforeMs: number,
): number {
  let count = 0;
  for (
    let atMs = nextOccurrenceMs(schedule, afterMs);
    atMs < beforeMs && count < SKIPPED_COUNT_MAX;
    count++
  ) {
    atMs = nextOccurrenceMs(schedule, atMs);
  }
  return count;
}

function toCronLine(schedule: Exclude<CronSchedule, { type: "interval" }>): string {
  switch (schedule.type) {
    case "hourly":
      return `${schedule.minuteUTC} * * * *`;
    case "daily":
      return `${schedule.minuteUTC} ${schedule.hourUTC} * * *`;
    case "weekly":
      return `${schedule.minuteUTC} ${schedule.hourUTC} * * ${schedule.dayOfWeek.slice(0, 3)}`;
    case "monthly":
      return `${schedule.minuteUTC} ${schedule.hourUTC} ${schedule.day} * *`;
    case "cron":
      return schedule.cron.trim();
  }
}

function parseCronLine(text: string): CronLine {
  const parts = text.split(/\s+/);
  if (parts.length !== FIELDS.length) {
    throw new Error(
      `The cron spec "${text}" has ${parts.length} fields; it needs minute, hour, day of month, month and day of week.`,
    );
  }
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = FIELDS.map((field, index) =>
    parseField(field, parts[index] ?? ""),
  ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  if (daysOfWeek.has(7)) daysOfWeek.add(0);

  const anyDayOfMonth = isUnrestricted(parts[2]);
  const anyDayOfWeek = isUnrestricted(parts[4]);
  return {
    minutes,
    hours,
    months,
    matchesDay(dayOfMonth, dayOfWeek) {
      if (anyDayOfMonth) return daysOfWeek.has(dayOfWeek);
      if (anyDayOfWeek) return daysOfMonth.has(dayOfMonth);
      return daysOfMonth.has(dayOfMonth) || daysOfWeek.has(dayOfWeek);
    },
  };
}

function isUnrestricted(part: string | undefined): boolean {
  return part === "*" || part === "?";
}

/** The values of one field, ascending. */
function parseField(field: Field, text: string): Set<number> {
  const values: number[] = [];
  for (const item of text.split(",")) {
    const match = /^(?:([*?])|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item);
    if (match === null) throw fieldError(field, text);
    const [, star, fromText, toText, stepText] = match;
    const step = stepText === undefined ? 1 : Number(stepText);
    const from = star !== undefined ? field.min : parseValue(field, fromText ?? "", text);
    const openEnd = star !== undefined || (toText === undefined && stepText !== undefined);
    const to = openEnd ? field.max : toText === undefined ? from : parseValue(field, toText, text);
    if (step === 0 || to < from) throw fieldError(field, text);
    for (let value = from; value <= to; value += step) values.push(value);
  }
  return new Set(values.sort((a, b) => a - b));
}

function parseValue(field: Field, text: string, whole: string): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + field.min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.min && value <= field.max)) throw fieldError(field, whole);
  return value;
}

function fieldError(field: Field, text: string): Error {
  const hint = /[LW#]/i.test(text)
    ? " (`L`, `W` and `#` are not supported by the embedded runtime)"
    : "";
  return new Error(
    `"${text}" is not a valid ${field.name} of a cron spec: it takes ${field.min} to ${field.max}, ranges, lists and steps${hint}.`,
  );
}
