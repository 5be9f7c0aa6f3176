/** The crons that `crons.ts` exports, with everything that Convex leaves open decided. */
import { PushError, type AnalyzedFunction, type CronSchedule, type CronSpec } from "./types";
import type { Json } from "../values/json";

type ExportedCron = { name: string; args: Json[]; schedule: Record<string, unknown> };

/** `exported` is the JSON text of `crons.export()`. */
export function readCrons(exported: string, functions: readonly AnalyzedFunction[]): CronSpec[] {
  const kinds = new Map(
    functions.map(({ modulePath, exportName, kind }) => [`${modulePath}:${exportName}`, kind]),
  );
  const crons = JSON.parse(exported) as Record<string, ExportedCron>;
  return Object.entries(crons).map(([name, cron]) => {
    const functionName = cron.name.includes(":") ? cron.name : `${cron.name}:default`;
    const canonical = functionName.replace(/\.js:/, ":");
    const kind = kinds.get(canonical);
    if (kind !== "mutation" && kind !== "action") {
      const problem = kind === undefined ? "does not exist" : `is a ${kind}`;
      throw new PushError(
        `crons.ts: the cron "${name}" calls ${canonical}, which ${problem}. Crons call mutations and actions.`,
        { file: "crons.js", cron: name },
      );
    }
    return {
      name,
      functionName: canonical,
      args: cron.args,
      schedule: toSchedule(name, cron.schedule),
    };
  });
}

function toSchedule(name: string, schedule: Record<string, unknown>): CronSchedule {
  const number = (key: string) => Number(schedule[key]);
  // A minute that was left open is Convex's to choose: spread over the hour, and always the same.
  const minuteUTC =
    typeof schedule["minuteUTC"] === "number" ? schedule["minuteUTC"] : spread(name);
  switch (schedule["type"]) {
    case "interval": {
      const units = { seconds: 1, minutes: 60, hours: 3600 };
      const seconds = Object.entries(units)
        .filter(([unit]) => typeof schedule[unit] === "number")
        .map(([unit, length]) => number(unit) * length)[0];
      return { type: "interval", seconds: seconds ?? 60 };
    }
    case "hourly":
      return { type: "hourly", minuteUTC };
    case "daily":
      return { type: "daily", hourUTC: number("hourUTC"), minuteUTC };
    case "weekly":
      return {
        type: "weekly",
        dayOfWeek: String(schedule["dayOfWeek"]),
        hourUTC: number("hourUTC"),
        minuteUTC,
      };
    case "monthly":
      return { type: "monthly", day: number("day"), hourUTC: number("hourUTC"), minuteUTC };
    default:
      return { type: "cron", cron: String(schedule["cron"]) };
  }
}

function spread(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.charCodeAt(0)) % 60;
  return hash;
}
