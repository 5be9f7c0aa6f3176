import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startHarness, type Harness } from "./harness";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ functionMs: 200 });
});
afterAll(async () => await harness.executor.close());

const failure = (name: string, args?: object) => {
  const outcome = harness.run(name, args);
  if (outcome.ok) throw new Error(`it returned ${outcome.value}`);
  return outcome.error;
};

afterEach(() => {
  const { ok, logLines } = harness.run("messages:list");
  expect({ ok, logLines }, "the next call works").toEqual({ ok: true, logLines: [] });
});

describe("whatever a function throws becomes an error of its own", () => {
  test.each([
    ["text", "Uncaught only text"],
    ["nothing", "Uncaught undefined"],
    ["null", "Uncaught null"],
    ["number", "Uncaught 42"],
    ["symbol", "Uncaught Symbol(mark)"],
    ["object", 'Uncaught {"code":7}'],
    ["cyclic", "Uncaught a value that cannot be shown"],
    ["hostile", "Uncaught a value that cannot be shown"],
    ["promise", "Uncaught {}"],
  ])("%s", (what, message) => {
    expect(failure("failing:throws", { what })).toEqual({ kind: "developer", message });
  });

  test("an error with a cause is the outer one", () => {
    const { message } = failure("failing:throws", { what: "cause" });
    expect(message).toMatch(/^Uncaught Error: outer\n {4}at \S+ \(\.\.\/convex\/failing\.ts:/);
  });

  test("a value that never ends being read is stopped", () => {
    expect(failure("failing:throws", { what: "endless" })).toMatchObject({ kind: "timeout" });
  });

  test("a stack far down shows the frames where it was thrown", () => {
    const [first, ...frames] = failure("failing:throwsDeep", { depth: 500 }).message.split("\n");
    expect(first).toBe("Uncaught Error: at the bottom");
    expect(frames.length).toBeGreaterThan(3);
    for (const frame of frames) expect(frame).toMatch(/^ {4}at dig \(\.\.\/convex\/failing\.ts:/);
  });
});

test.each(["code", "console", "json"])(
  "recursion without end fails with the stack's size (through %s)",
  (through) => {
    expect(failure("failing:overflows", { through })).toMatchObject({
      kind: "developer",
      message: expect.stringMatching(/^Uncaught RangeError: Maximum call stack size exceeded/),
    });
  },
);

describe("functions that do not end", () => {
  test("an endless loop in a nested query ends the whole call, which cannot catch it", () => {
    expect(failure("failing:loopsNested")).toEqual({
      kind: "timeout",
      message: "Function execution timed out (maximum duration: 0.2s)",
    });
  });

  test("what a stopped function did to its modules is gone", () => {
    expect(failure("failing:countsAndLoops")).toMatchObject({ kind: "timeout" });
    expect(harness.run("failing:counted")).toMatchObject({ ok: true, value: "0" });
  });

  test("a regular expression that backtracks without end is stopped", () => {
    expect(failure("failing:backtracks")).toMatchObject({ kind: "timeout" });
  });

  test("a mutation whose promise nothing settles fails and leaves no writes", () => {
    const before = [...harness.texts];
    expect(failure("failing:writesThenHangs")).toEqual({
      kind: "developer",
      message: "Returned promise will never resolve",
    });
    expect(harness.texts).toEqual(before);
  });

  test("what a function left running cannot reach the database of the next", () => {
    expect(harness.run("failing:leavesWork").ok).toBe(true);
    const { ok, logLines } = harness.run("messages:list");
    expect({ ok, logLines }).toEqual({ ok: true, logLines: [] });
  });
});

test("anything can be logged", () => {
  const { ok, logLines } = harness.run("failing:logsEverything");
  expect(ok).toBe(true);
  const lines = logLines.map(({ level, messages }) => `${level} ${messages.join(" ")}`);
  expect(lines.slice(0, 5)).toEqual([
    "LOG undefined null true 1n Symbol(s) -0 NaN",
    "LOG Map(1) { 'k' => 1 } Set(1) { 1 } 2023-11-14T22:13:20.123Z /x/g",
    expect.stringMatching(
      /^LOG Uint8Array\(2\) \[ 1, 2 \] ArrayBuffer .* \[ 1, <1 empty item>, 3 \]$/,
    ),
    expect.stringMatching(/^LOG \[Function: named\] \[class Thing\] Promise .* WeakMap/),
    expect.stringMatching(/^LOG <ref \*1> { name: 'c', self: \[Circular \*1\] } URL [^]* Headers/),
  ]);
  expect(lines[5]).toMatch(/^LOG /);
  expect(lines[6]).toMatch(/^ERROR Error: outer\n[^]*inner/);
  expect(lines.slice(7)).toEqual([
    "LOG [ { a: 1 } ]",
    "ERROR Assertion failed 'not so'",
    "LOG n: 1",
    "INFO t: 0ms",
    "DEBUG '%s is %d' 'x' 1",
    expect.stringMatching(/^LOG Error: Trace\n[^]*\.\.\/convex\/failing\.ts[^]*'here'$/),
  ]);
});
