/** The process is killed under twenty runs at once; `npm run bench:kills` does so fifty times. */
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { dataFolder } from "../support/startProcess";
import { faultsOf, KillRounds, type Round } from "./killRounds";

const ROUNDS = 2;

test("what was under way comes to its end in the next process, once, and is paid for", async () => {
  const data = await dataFolder();
  const rounds = await KillRounds.open(data);
  try {
    const seen: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) seen.push(await rounds.round());
    seen.push(await rounds.last());
    const fates = seen.flatMap((round) => round.fates);
    expect(fates).toHaveLength(20 * ROUNDS);
    expect(faultsOf(fates, rounds.simulator.ledger.entries)).toEqual([]);
  } finally {
    await rounds.close();
    await rm(data, { recursive: true, force: true });
  }
}, 240_000);
