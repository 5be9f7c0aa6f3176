/** Work under the watch of a run's lease. */
import type { Verdict } from "../model/runs/state";

/** Cancelling takes less than a second; a lease is renewed by the same question. */
const PULSE_INTERVAL_MS = 400;

/**
 * What `work` returns.
 *
 * @param heartbeat - Asked again and again whether to go on. Whatever else it says aborts the signal that `work` has.
 */
export async function watched<T>(
  heartbeat: () => Promise<Verdict>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let asking = false;
  let asked: Promise<void> = Promise.resolve();
  const pulse = setInterval(() => {
    if (asking) return;
    asking = true;
    asked = heartbeat()
      .then(
        (verdict) => {
          if (verdict !== "go_on") abort.abort();
        },
        () => undefined, // The next one asks again.
      )
      .finally(() => (asking = false));
  }, PULSE_INTERVAL_MS);
  try {
    return await work(abort.signal);
  } finally {
    clearInterval(pulse);
    await asked;
  }
}
