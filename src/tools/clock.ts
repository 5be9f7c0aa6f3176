/** The time, which no model knows by itself. */
import { ToolFailure, type Tool } from "./tool";

export const clock: Tool = {
  name: "clock",
  description:
    "Tells the current date, time and weekday, in UTC or in a time zone. " +
    "Call it whenever an answer depends on the present.",
  inputSchema: {
    type: "object",
    properties: {
      timeZone: {
        type: "string",
        maxLength: 64,
        description: 'IANA name, such as "Europe/Berlin"; UTC when left out.',
      },
    },
    additionalProperties: false,
  },
  // Its time is the call's own: the same call tells the same.
  toolClass: "pure",
  timeoutMs: 1_000,
  run: ({ timeZone = "UTC" }, { nowMs }) => timeIn(String(timeZone), nowMs),
};

/** As '{"iso":"2026-11-26T05:16:03+01:00","weekday":"Thursday","timeZone":"Europe/Berlin"}'. */
function timeIn(timeZone: string, nowMs: number): string {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(nowMs)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  const date = [part("year"), part("month"), part("day")].join("-");
  const time = [part("hour"), part("minute"), part("second")].join(":");
  const offset = part("timeZoneName").slice("GMT".length) || "+00:00"; // some engines say just "GMT"
  return JSON.stringify({
    iso: `${date}T${time}${offset}`,
    weekday: part("weekday"),
    timeZone,
  });
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      weekday: "long",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      timeZoneName: "longOffset",
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const example = 'give an IANA name, such as "Europe/Berlin"';
    throw new ToolFailure(`"${timeZone}" is no time zone: ${example}.`);
  }
}
