/**
 * Random histories of one backend, each act held to a simple model: mutations of nested calls
 * that fail or not, caught or not; scheduled ones; queries and pages; live queries, what they show and when
 * they run; restarts in between. When one fails, fast-check prints the shortest history it finds that fails,
 * and the seed.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { history } from "./arbitraries";
import { Backend } from "./backend";
import { counts, History } from "./history";

/** `npm run prove:embedded` makes ten thousand; fewer will do to find a deliberate mistake. */
const HISTORIES = Number(process.env["HISTORIES"] ?? 2_000);
/** As many make sure that all that can happen does. */
const COUNTED_HISTORIES = 2_000;
/** A minute where nothing else runs. */
const TIMEOUT_MS = 900_000;

let backend: Backend;
beforeAll(async () => {
  backend = await Backend.start();
});
afterAll(async () => await backend.close());

test(
  `${HISTORIES} histories give and show what a simple model says`,
  async () => {
    await fc.assert(
      fc.asyncProperty(history, async (spec) => await new History(backend).perform(spec)),
      { numRuns: HISTORIES },
    );
    expect(counts.histories).toBe(HISTORIES);
    if (HISTORIES < COUNTED_HISTORIES) return;
    // All of these happen often, or else the property would say little.
    for (const [what, count] of Object.entries(counts)) {
      expect(count, what).toBeGreaterThan(HISTORIES / 1_000);
    }
  },
  TIMEOUT_MS,
);
