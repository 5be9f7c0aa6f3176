import { expect, test } from "vitest";
import { callTool } from "../../../src/tools/call";
import { clock } from "../../../src/tools/clock";
import { context } from "./context";

const told = async (args: object) => {
  const { text, isError } = await callTool(clock, JSON.stringify(args), context());
  return isError ? text : (JSON.parse(text) as unknown);
};

test.each([
  ["UTC", "2026-01-31T23:05:09+00:00", "Saturday"],
  ["Europe/Berlin", "2026-02-01T00:05:09+01:00", "Sunday"],
  ["America/New_York", "2026-01-31T18:05:09-05:00", "Saturday"],
  ["Asia/Kathmandu", "2026-02-01T04:50:09+05:45", "Sunday"],
  ["Europe/London", "2026-01-31T23:05:09+00:00", "Saturday"],
])("in %s it is %s, a %s", async (timeZone, iso, weekday) => {
  expect(await told({ timeZone })).toEqual({ iso, weekday, timeZone });
});

test("without a time zone it is UTC", async () => {
  expect(await told({})).toEqual(await told({ timeZone: "UTC" }));
});

test.each(["Mars/Phobos", "", "Europe/Berlin; DROP"])("%j is no time zone", async (timeZone) => {
  const reason = `"${timeZone}" is no time zone: give an IANA name, such as "Europe/Berlin".`;
  expect(await told({ timeZone })).toBe(reason);
});
