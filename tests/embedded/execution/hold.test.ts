/** The watchdog's thread holds SIGINT for the process: runs are cheap, and every signal still gets where it belongs. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onInterrupt } from "../../../src/embedded/execution/interrupts";
import {
  createWatchdog,
  StopRequestedError,
  TimeoutError,
  type Watchdog,
} from "../../../src/embedded/execution/watchdog";
import { CELL, HOLD } from "../../../src/embedded/execution/watchdogState";

const BUDGET_MS = 60;
const interrupted = vi.fn();
const closing: (() => unknown)[] = [];
let watchdog: Watchdog;
/** What the thread shares with this one: the one array of its kind that is made. */
let cells: Int32Array;

beforeEach(async () => {
  closing.push(onInterrupt(interrupted));
  ({ watchdog, cells } = open());
  await expect.poll(holds).toBe(true);
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  interrupted.mockClear();
});

function open(): { watchdog: Watchdog; cells: Int32Array } {
  const made: SharedArrayBuffer[] = [];
  const Original = SharedArrayBuffer;
  vi.stubGlobal(
    "SharedArrayBuffer",
    class extends Original {
      constructor(length: number) {
        super(length);
        made.push(this);
      }
    },
  );
  const opened = createWatchdog({ budgetMs: BUDGET_MS, mode: "signal" });
  vi.unstubAllGlobals();
  closing.push(() => opened.close());
  return { watchdog: opened, cells: new Int32Array(made[0]!) };
}

const isHeld = () => Atomics.load(cells, CELL.hold) === HOLD.held;
/** Whether it is held after a guard, which asks for it. */
const holds = () => watchdog.guard(() => isHeld());
const loop = () => {
  for (;;);
};
const ctrlC = () => process.kill(process.pid, "SIGINT");
const times = () => interrupted.mock.calls.length;

test("nobody listens meanwhile, and endless loops end, within a guard and without", () => {
  for (let time = 0; time < 3; time++) {
    expect(process.listenerCount("SIGINT")).toBe(0);
    expect(() => watchdog.guard(() => watchdog.run(loop))).toThrow(TimeoutError);
    expect(() => watchdog.run(loop)).toThrow(TimeoutError);
    expect(watchdog.guard(() => watchdog.run(() => "next"))).toBe("next");
    expect(isHeld()).toBe(true);
  }
  expect(times()).toBe(0);
});

test("Ctrl-C between runs is told, once each time, and the next guard holds again", async () => {
  for (let time = 1; time <= 3; time++) {
    ctrlC();
    await expect.poll(times).toBe(time);
    expect(isHeld()).toBe(false);
    expect(holds()).toBe(true);
    expect(() => watchdog.guard(() => watchdog.run(loop))).toThrow(TimeoutError);
  }
  expect(times()).toBe(3);
});

test("Ctrl-C while a function runs stops it, and is told", async () => {
  const stopped = () => {
    ctrlC();
    loop();
  };
  expect(() => watchdog.guard(() => watchdog.run(stopped))).toThrow(StopRequestedError);
  await expect.poll(times).toBe(1);
  expect(holds()).toBe(true);
});

test("whoever begins to listen for the signal gets it, and it is held again when they have gone", async () => {
  const heard = vi.fn();
  process.on("SIGINT", heard);
  expect(isHeld()).toBe(false);
  expect(holds()).toBe(false);
  ctrlC();
  await expect.poll(() => heard.mock.calls.length).toBe(1);
  expect(() => watchdog.guard(() => watchdog.run(loop))).toThrow(TimeoutError);
  process.off("SIGINT", heard);
  expect(holds()).toBe(true);
});

test("with two of them in one process, each stops its own functions, and Ctrl-C is told once", async () => {
  const { watchdog: other, cells: others } = open();
  const doBoth = () => holds() && other.guard(() => Atomics.load(others, CELL.hold) === HOLD.held);
  await expect.poll(doBoth).toBe(true);
  expect(() => watchdog.guard(() => watchdog.run(loop))).toThrow(TimeoutError);
  expect(() => other.guard(() => other.run(loop))).toThrow(TimeoutError);
  ctrlC();
  await expect.poll(times).toBe(1);
  expect(doBoth()).toBe(true);
  await other.close();
  expect(() => watchdog.guard(() => watchdog.run(loop))).toThrow(TimeoutError);
});

test("after its end Ctrl-C is told as ever", async () => {
  await watchdog.close();
  ctrlC();
  await expect.poll(times).toBe(1);
});
