import { afterEach, describe, expect, test, vi } from "vitest";
import {
  createWatchdog,
  StopRequestedError,
  TimeoutError,
  type Watchdog,
  type WatchdogMode,
} from "../../../src/embedded/execution/watchdog";
import { CELL, PHASE, phaseOf } from "../../../src/embedded/execution/watchdogState";

const BUDGET_MS = 60;
const opened: Watchdog[] = [];
const open = (mode?: WatchdogMode, budgetMs = BUDGET_MS): Watchdog => {
  const watchdog = createWatchdog({ budgetMs, ...(mode && { mode }) });
  opened.push(watchdog);
  return watchdog;
};

/** A watchdog and its phase: the shared memory is the one thing that it makes of this class. */
function openWatched(): { watchdog: Watchdog; phase: () => number } {
  const made: SharedArrayBuffer[] = [];
  vi.stubGlobal(
    "SharedArrayBuffer",
    class extends SharedArrayBuffer {
      constructor(length: number) {
        super(length);
        made.push(this);
      }
    },
  );
  const watchdog = open("signal");
  vi.unstubAllGlobals();
  const cells = new Int32Array(made[0]!);
  return { watchdog, phase: () => phaseOf(Atomics.load(cells, CELL.state)) };
}

const onSignal = vi.fn();
process.on("SIGINT", onSignal);
afterEach(async () => {
  await Promise.all(opened.splice(0).map((watchdog) => watchdog.close()));
  onSignal.mockClear();
});

/** Whatever signal is on its way has arrived after this. */
const turns = () => new Promise((resolve) => setTimeout(resolve, 50));
const spin = (isOver: () => boolean) => {
  while (!isOver());
};
const after = (ms: number) => {
  const end = performance.now() + ms;
  return () => performance.now() > end;
};

describe("the budget is of work", () => {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const idle = (ms: number) => Atomics.wait(cell, 0, 0, ms);

  test("a function that gets no processor for a while is not stopped for it", () => {
    const watchdog = open("signal");
    const waited = watchdog.run(() => {
      for (let time = 0; time < 10; time++) idle(BUDGET_MS / 4);
      return "done";
    });
    expect(waited).toBe("done");
  });

  test("one that only waits is stopped all the same, later", () => {
    // A budget in which the looks of the thread itself, which are this process's work, come to nothing.
    const watchdog = open("signal", 200);
    const isOver = after(4_000);
    const waiting = () => {
      while (!isOver()) idle(100);
    };
    expect(() => watchdog.run(waiting)).toThrow(TimeoutError);
  });
});

describe("the signal that stops a function hits nothing else", () => {
  test.each(["with", "without"])(
    "also when the function ends while the signal is on its way (%s a guard)",
    async (guard) => {
      const { watchdog, phase } = openWatched();
      const run = () =>
        expect(() => watchdog.run(() => spin(() => phase() === PHASE.stopping))).toThrow(
          TimeoutError,
        );
      const call = guard === "with" ? () => watchdog.guard(run) : run;
      for (let time = 0; time < 5; time++) call();
      expect(watchdog.run(() => "next")).toBe("next");
      await turns();
      expect(onSignal).not.toHaveBeenCalled();
    },
  );

  test("also when the function calls its host while the signal is on its way", async () => {
    const { watchdog, phase } = openWatched();
    let hasHostWorked = false;
    const fn = () => {
      spin(() => phase() === PHASE.stopping);
      watchdog.enterHost();
      hasHostWorked = true;
    };
    // Sometimes the signal is faster than the function.
    for (let time = 0; time < 20; time++) {
      expect(() => watchdog.run(fn)).toThrow(TimeoutError);
    }
    await turns();
    expect(hasHostWorked).toBe(false);
    expect(onSignal).not.toHaveBeenCalled();
  });
});

test("time in the host does not count as the function's", () => {
  const watchdog = open("signal");
  const result = watchdog.run(() => {
    watchdog.enterHost();
    spin(after(4 * BUDGET_MS));
    watchdog.leaveHost();
    return "done";
  });
  expect(result).toBe("done");
});

test("Ctrl-C between two calls of a batch ends the batch, and the process gets its signal", async () => {
  const watchdog = open("signal");
  const second = vi.fn();
  const batch = () => {
    watchdog.run(() => 1);
    process.kill(process.pid, "SIGINT");
    spin(after(5_000));
    watchdog.run(second);
  };
  expect(() => watchdog.guard(batch)).toThrow(StopRequestedError);
  expect(second).not.toHaveBeenCalled();
  await turns();
  expect(onSignal).toHaveBeenCalledOnce();
  expect(watchdog.guard(() => watchdog.run(() => "works on"))).toBe("works on");
});

test.each<WatchdogMode>(["signal", "timeout"])("an endless loop is stopped (%s)", (mode) => {
  const watchdog = open(mode);
  const loop = () => {
    for (;;);
  };
  expect(() => watchdog.guard(() => watchdog.run(loop))).toThrow(TimeoutError);
  expect(watchdog.run(() => "next")).toBe("next");
});

test("switched off, it lets a function take its time", () => {
  const watchdog = open("off");
  expect(watchdog.run(() => (spin(after(4 * BUDGET_MS)), "done"))).toBe("done");
});

test("it tells the time of the last run's own code, and nothing of the runs before", () => {
  const watchdog = createWatchdog({ budgetMs: 20_000, mode: "signal" });
  opened.push(watchdog);
  watchdog.run(() => spin(() => watchdog.spentMs() > 0));
  expect(watchdog.spentMs()).toBeGreaterThan(0);
  watchdog.run(() => {});
  expect(watchdog.spentMs()).toBe(0);
});
