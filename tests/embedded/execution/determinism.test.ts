import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, test } from "vitest";
import type { ExecutorOptions } from "../../../src/embedded/execution/executor";
import { startHarness, type Harness } from "./harness";

const opened: Harness[] = [];
async function open(options: ExecutorOptions = {}) {
  const harness = await startHarness(options);
  opened.push(harness);
  return (name: string, args?: object): unknown => {
    const outcome = harness.run(name, args);
    if (!outcome.ok) throw new Error(outcome.error.message);
    return JSON.parse(outcome.value);
  };
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ executor }) => executor.close()));
});

describe("randomness", () => {
  test("is the same when a query runs again at the same moment", async () => {
    const value = await open();
    const first = value("world:diceAgain", { salt: 1 }) as number[];
    expect(value("world:diceAgain", { salt: 1 })).toEqual(first);
    expect(first[0]).not.toBe(first[1]);
    expect(value("world:diceAgain", { salt: 2 })).not.toEqual(first);
  });

  test("is another one in each execution of a mutation", async () => {
    const value = await open();
    const parts = [value("world:dice"), value("world:dice")] as unknown[][];
    for (const i of [0, 1, 2]) expect(parts[0]?.[i]).not.toBe(parts[1]?.[i]);
  });

  test("follows from the seed alone", async () => {
    const seed = () => new Uint8Array(48).fill(7);
    const [value, other] = [await open({ seed }), await open({ seed })];
    const first = value("world:dice");
    expect(value("world:dice")).toEqual(first);
    expect(other("world:dice")).toEqual(first);
  });

  test("is not repeated by a nested call", async () => {
    const value = await open();
    const [a, b, own] = value("world:nestedDiceTwice") as [unknown[], unknown[], number];
    for (const i of [0, 1, 2]) expect(a[i]).not.toBe(b[i]);
    expect([...a, ...b]).not.toContain(own);
  });
});

test("Intl shows the frozen time where it is given none", async () => {
  const value = await open();
  expect(value("world:formatsNow")).toEqual({
    given: "01/01/1970, 00:00:00",
    none: "14/11/2023, 22:13:20",
    detached: "14/11/2023, 22:13:20",
    same: true,
    year: "2023",
    locale: "14/11/2023",
  });
});

test("functions see UTC wherever the host is", () => {
  const source = `
    import { startHarness } from "./tests/embedded/execution/harness.ts";
    const before = new Date(0).getTimezoneOffset();
    const harness = await startHarness();
    const outcomes = [harness.run("world:zoneOfQuery"), await harness.action("world:zoneOfAction")];
    console.log(JSON.stringify([before, ...outcomes.map(({ value }) => JSON.parse(value))]));
    await harness.executor.close();`;
  const { stdout } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", source],
    { encoding: "utf8", env: { ...process.env, TZ: "Asia/Kolkata" } },
  );
  const utc = {
    offset: 0,
    summer: Date.UTC(2026, 6, 1),
    zone: "UTC",
    text: "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)",
  };
  expect(JSON.parse(stdout)).toEqual([-330, utc, utc]);
});
