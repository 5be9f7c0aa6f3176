/** Trying again what failed by no fault of its own: a store that cannot write just now (a full disk, say). */
import { afterRealMs } from "./turn";

const DELAY_FIRST_MS = 500;
const DELAY_MAX_MS = 60_000;

/**
 * Repeats `attempt`, ever more slowly, until it succeeds; gives up with undefined only when `isStopped`.
 *
 * @param options.what - What could not be done, for the line on stderr.
 */
export async function untilDone<T>(
  attempt: () => Promise<T>,
  options: { what: string; isStopped(): boolean },
): Promise<T | undefined> {
  for (let delayMs = DELAY_FIRST_MS; ; delayMs = Math.min(2 * delayMs, DELAY_MAX_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (options.isStopped()) return undefined;
      console.error(`${options.what}; trying again.`, error);
      await new Promise<void>((resolve) => afterRealMs(delayMs, resolve));
    }
  }
}
