/** Repeating what must not be lost. */

const TRIES_MAX = 5;
const DELAY_FIRST_MS = 200;

/** What `commit` returns; it is tried again when it fails, so doing it twice has to be doing it once. */
export async function persistently<T>(commit: () => Promise<T>): Promise<T> {
  // Lost races and hiccups pass.
  return await trying(commit, () => true);
}

/** As `persistently`, for what must be done once: tried again only where a race was lost, and so nothing was committed. */
export async function despiteRaces<T>(commit: () => Promise<T>): Promise<T> {
  return await trying(commit, isLostRace);
}

async function trying<T>(
  commit: () => Promise<T>,
  isWorthIt: (error: unknown) => boolean,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await commit();
    } catch (error) {
      if (tries === TRIES_MAX || !isWorthIt(error)) throw error;
      // Not all at once again, where many have lost to one.
      const delayMs = DELAY_FIRST_MS * 2 ** tries * (0.5 + Math.random());
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

/** Whether a transaction has left nothing: it lost its races, or took longer than it may. */
export function isRolledBack(error: unknown): boolean {
  return isLostRace(error) || (error instanceof Error && TIMED_OUT.test(error.message));
}

const TIMED_OUT = /Function execution timed out/;

/** As Convex words it, once it has tried four times more. */
function isLostRace(error: unknown): boolean {
  return error instanceof Error && LOST_RACE.test(error.message);
}

const LOST_RACE = /OptimisticConcurrencyControlFailure|changed while this mutation was being run/;
