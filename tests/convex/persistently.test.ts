/** Mutations of many that meet on one row: who loses a race has committed nothing, and may try again. */
import { expect, test } from "vitest";
import { despiteRaces } from "../../convex/lib/persistently";

/** As Convex 1.48 says it to an action. */
const LOST =
  'Documents read from or written to the "budget_shards" table changed while this mutation was being run and on ' +
  "every subsequent retry.";

test("a lost race is run again, until it is won", async () => {
  const errors = [new Error(LOST), new Error('{"code":"OptimisticConcurrencyControlFailure"}')];
  const won = await despiteRaces(async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return "won";
  });
  expect(won).toBe("won");
});

test("whatever else fails may have been committed, and is not done twice", async () => {
  let tries = 0;
  const failing = despiteRaces(async () => {
    tries++;
    throw new Error("the connection was lost");
  });
  await expect(failing).rejects.toThrow("the connection was lost");
  expect(tries).toBe(1);
});
