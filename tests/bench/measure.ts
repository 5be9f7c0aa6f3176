/** Timing: how often something runs per second, how long each run takes, and how much CPU. */

/** How often `work` runs per second, one after another. */
export async function perSecond(count: number, work: (index: number) => unknown): Promise<number> {
  const startNs = process.hrtime.bigint();
  for (let index = 0; index < count; index++) await work(index);
  return (count * 1e9) / Number(process.hrtime.bigint() - startNs);
}

/** The same with `width` runs in flight. */
export async function perSecondConcurrent(
  { count, width }: { count: number; width: number },
  work: (index: number, lane: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const run = async (lane: number) => {
    while (next < count) await work(next++, lane);
  };
  const startNs = process.hrtime.bigint();
  await Promise.all(Array.from({ length: width }, (_, lane) => run(lane)));
  return (count * 1e9) / Number(process.hrtime.bigint() - startNs);
}

/** A rate of `count` runs, and the CPU time of each: of all threads, kernel included, in microseconds. */
export async function rateAndCpu(
  count: number,
  measure: () => Promise<number>,
): Promise<{ rate: number; cpuMicros: number }> {
  const before = process.cpuUsage();
  const rate = await measure();
  const { user, system } = process.cpuUsage(before);
  return { rate, cpuMicros: (user + system) / count };
}

/** The time of each run of `work` in milliseconds. */
export async function timesMs(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const startMs = performance.now();
    await work();
    times.push(performance.now() - startMs);
  }
  return times;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  if (value === undefined) throw new Error("There are no values");
  return value;
}

/** Of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const descending = values.map((value) => -value);
  return (quantile(values, 0.5) - quantile(descending, 0.5)) / 2;
}
