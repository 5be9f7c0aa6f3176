/** Repeating what must not be lost. */

const TRIES_MAX = 5;
const DELAY_FIRST_MS = 200;

/** What `commit` returns; it is tried again when it fails, so doing it twice has to be doing it once. */
export async function persistently<T>(commit: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await commit();
    } catch (error) {
      // Lost races and hiccups pass.
      if (tries === TRIES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, DELAY_FIRST_MS * 2 ** tries));
    }
  }
}
