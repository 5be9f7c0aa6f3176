/** The limits of functions: what is refused, and what is warned of before, in Convex's words. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromText, toText } from "../../../src/embedded/deploy/analysisText";
import { analyze } from "../../../src/embedded/deploy/analyze";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import { createExecutor } from "../../../src/embedded/execution/executor";
import { assembleRuntime, type Assembly } from "../../../src/embedded/runtime/runtime";
import type { FunctionReply } from "../../../src/embedded/runtime/types";
import { FUNCTION_LIMITS, type FunctionUse } from "../../../src/embedded/runtime/usage/functionUse";
import { actionWarnings, limitWarnings } from "../../../src/embedded/runtime/usage/warnings";
import { openStore } from "../../../src/embedded/store/sqlite";
import { request } from "./fakeProject";

let assembly: Assembly;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "limits-"));
  assembly = await assembleRuntime(
    {
      // These functions do much; how fast the machine is must not matter.
      createExecutor: (hosts) => createExecutor({ ...hosts, options: { functionMs: 60_000 } }),
      analyze: (push, environment) => analyze(push, { environment }),
      analysisText: { fromText, toText },
      evaluateAuthConfig: async () => [],
    },
    { store: openStore(folder) },
  );
  await assembly.runtime.deploy(await bundleProject("tests/fixtures/projects/limits"));
});
afterAll(async () => {
  await assembly.runtime.close({ graceMs: 0 });
  rmSync(folder, { recursive: true, force: true });
});

type Kind = "query" | "mutation" | "action";
type Args = Record<string, number | string>;

async function call(kind: Kind, name: string, args: Args): Promise<FunctionReply> {
  return await assembly.runtime[kind](request(`limits:${name}`, args));
}
const warningsOf = ({ logLines }: FunctionReply) =>
  logLines.flatMap(({ level, messages }) => (level === "WARN" ? messages : []));

const MEGABYTE = 1_000_000;
const text = (size: number) => "x".repeat(size);

type Case = { kind: Kind; name: string; near: Args; over: Args; warning: RegExp; refusal: RegExp };
const CASES: [string, Case][] = [
  [
    "documents written",
    {
      kind: "mutation",
      name: "write",
      near: { size: 12_801 },
      over: { size: 16_001 },
      warning: /^Many writes in a single function execution \(actual: 12801, limit: 16000\)\.$/,
      refusal: /Too many writes in a single function execution \(limit: 16000\)/,
    },
  ],
  [
    "documents read",
    {
      kind: "query",
      name: "read",
      near: { size: 25_601 },
      over: { size: 32_001 },
      warning:
        /^Many documents read in .* \(actual: 25601, limit: 32000\)\. Consider using smaller/,
      refusal: /Too many documents read in a single function execution \(limit: 32000\)/,
    },
  ],
  [
    "index intervals read",
    {
      kind: "query",
      name: "readSingly",
      near: { size: 3_300 },
      over: { size: 4_097 },
      warning: /^Many reads in a single function execution \(actual: 3300, limit: 4096\)/,
      refusal: /Too many reads in a single function execution \(limit: 4096\)/,
    },
  ],
  [
    "bytes written",
    {
      kind: "mutation",
      name: "writeLarge",
      near: { size: MEGABYTE, count: 14 },
      over: { size: MEGABYTE, count: 17 },
      warning: /^Many bytes written in .* \(actual: 14\d+ bytes, limit: 16777216 bytes\)\.$/,
      refusal: /Too many bytes written in a single function execution \(limit: 16777216 bytes\)/,
    },
  ],
  [
    "the size of a document",
    {
      kind: "mutation",
      name: "writeLarge",
      near: { size: MEGABYTE, count: 3 },
      over: { size: 1_100_000, count: 1 },
      warning: /^Large document written \(actual: 1000\d+ bytes, limit: 1048576 bytes\)\.$/,
      refusal: /Value is too large \(1\.05 MiB > maximum size 1 MiB\)/,
    },
  ],
  [
    "bytes read",
    {
      kind: "query",
      name: "readLarge",
      near: { size: 14 },
      over: { size: 17 },
      warning: /^Many bytes read in .* \(actual: 14\d+ bytes, limit: 16777216 bytes\)\. Consider/,
      refusal: /Too many bytes read in a single function execution \(limit: 16777216 bytes\)/,
    },
  ],
  [
    "functions scheduled",
    {
      kind: "mutation",
      name: "schedule",
      near: { size: 1, count: 801 },
      over: { size: 1, count: 1_001 },
      warning: /^Many functions scheduled by this mutation \(actual: 801, limit: 1000\)\.$/,
      refusal: /Too many functions scheduled by this mutation \(limit: 1000\)/,
    },
  ],
  [
    "all scheduled arguments",
    {
      kind: "mutation",
      name: "schedule",
      near: { size: MEGABYTE, count: 14 },
      over: { size: MEGABYTE, count: 17 },
      warning: /^Large total size of the arguments of scheduled functions .* \(actual: 140/,
      refusal: /Too large total size of the arguments of scheduled functions from this mutation/,
    },
  ],
  [
    "a scheduled function's arguments",
    {
      kind: "mutation",
      name: "schedule",
      near: { size: 3_500_000, count: 1 },
      over: { size: 4_300_000, count: 1 },
      warning: /^Large arguments for a single scheduled function from this mutation \(actual: 35/,
      refusal: /are too large \(4\.10 MiB > maximum size 4 MiB\)/,
    },
  ],
  [
    "arguments",
    {
      kind: "query",
      name: "echo",
      near: { text: text(14 * MEGABYTE) },
      over: { text: text(17 * MEGABYTE) },
      warning:
        /^Large size of the function arguments \(actual: 14\d+ bytes, limit: 16777216 bytes\)/,
      refusal: /Arguments for limits\.js:echo are too large \(actual: 16\.21 MiB, limit: 16 MiB\)/,
    },
  ],
  [
    "the result",
    {
      kind: "query",
      name: "give",
      near: { size: 14 * MEGABYTE },
      over: { size: 17 * MEGABYTE },
      warning:
        /^Large size of the function return value \(actual: 14\d+ bytes, limit: 16777216 bytes\)/,
      refusal: /Function limits\.js:give return value is too large \(actual: 16\.21 MiB/,
    },
  ],
  [
    "an action's result",
    {
      kind: "action",
      name: "giveByAction",
      near: { size: 14 * MEGABYTE },
      over: { size: 17 * MEGABYTE },
      warning: /^Large size of the action return value/,
      refusal: /return value is too large/,
    },
  ],
];

describe("near a limit a function is warned, beyond it refused", () => {
  beforeAll(async () => {
    // What the reading cases find: 38,403 rows, and 28 large ones.
    for (let n = 0; n < 3; n++) await call("mutation", "write", { size: 12_801 });
    for (let n = 0; n < 2; n++) await call("mutation", "writeLarge", { size: MEGABYTE, count: 14 });
  }, 60_000);

  test.each(CASES)(
    "%s",
    async (_what, { kind, name, near, over, warning, refusal }) => {
      const good = await call(kind, name, near);
      expect(good.ok ? "" : good.error.message).toBe("");
      expect(warningsOf(good)).toContainEqual(expect.stringMatching(warning) as string);
      const bad = await call(kind, name, over);
      expect(bad.ok ? "it succeeded" : bad.error.message).toMatch(refusal);
      expect(warningsOf(bad)).not.toContainEqual(expect.stringMatching(warning) as string);
    },
    60_000,
  );

  test("with little use there is no warning", async () => {
    expect(warningsOf(await call("mutation", "write", { size: 10 }))).toEqual([]);
    expect(warningsOf(await call("action", "giveByAction", { size: 10 }))).toEqual([]);
  });

  test("the meter knows the highest use of each function, nearest to its limits first", async () => {
    const { usage } = assembly.runtime.meter();
    const line = usage.find((candidate) => candidate.function === "limits:schedule")!;
    expect(line).toMatchObject({ component: "", kind: "mutation" });
    expect(line.highest.functionsScheduled).toEqual({ used: 1_000, limit: 1_000 });
    expect(line.highest).not.toHaveProperty("bytesWritten");
    const shares = usage.map(({ highest }) =>
      Math.max(...Object.values(highest).map(({ used, limit }) => used / limit)),
    );
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  });
});

describe("warnings", () => {
  const nothing = Object.fromEntries(
    Object.keys(FUNCTION_LIMITS).map((name) => [name, 0]),
  ) as FunctionUse;

  test.each([
    [800, false],
    [801, true],
    [1_000, true],
    [1_001, false],
  ])("of %i ms of one second's time: %o", (userTimeMs, isWarned) => {
    const warnings = limitWarnings({ ...nothing, userTimeMs });
    expect(warnings).toEqual(
      isWarned
        ? [
            "Function execution took a long time. " +
              `(maximum duration: 1s, actual duration: ${userTimeMs}ms).`,
          ]
        : [],
    );
  });

  test("of an action's time go by its environment", () => {
    const use = { argsBytes: 0, resultBytes: 0, durationMs: 9 * 60_000 };
    const spec = (environment: "isolate" | "node") => ({ environment }) as never;
    expect(actionWarnings(spec("node"), use)).toEqual([
      "Function execution took a long time. (maximum duration: 600s, actual duration: 540000ms).",
    ]);
    expect(actionWarnings(spec("isolate"), use)).toEqual([]);
  });
});
