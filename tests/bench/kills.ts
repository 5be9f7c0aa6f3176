/**
 * `npm run bench:kills -- --rounds 50`: the product is killed with SIGKILL under twenty runs at once, and started again
 * over the same folder, so many times. Fails if a run is lost, ends late or twice, or the books are wrong.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { faultsOf, KillRounds, type Fate } from "../reliability/killRounds";
import { quantile } from "./measure";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "50" } } });
const parent = mkdtempSync(join(tmpdir(), "kills-"));
const rounds = await KillRounds.open(join(parent, "data"));
const fates: Fate[] = [];
const recoveries: number[] = [];
let isOver = false;
try {
  for (let round = 0; round <= Number(values.rounds); round++) {
    const seen = round < Number(values.rounds) ? await rounds.round() : await rounds.last();
    if (round === 0) continue;
    fates.push(...seen.fates);
    recoveries.push(seen.recoveryMs);
    console.error(
      `Killed ${round} times; all ended ${(seen.recoveryMs / 1000).toFixed(1)} s later.`,
    );
  }
  isOver = true;
} finally {
  await rounds.close();
  rmSync(parent, { recursive: true, force: true });
}
const { entries } = rounds.simulator.ledger;
const faults = faultsOf(fates, entries);
const events = fates.flatMap((fate) => fate.events);
const count = (status: string) => events.filter((event) => event.status === status).length;
const interrupted = fates.flatMap(({ replies }) =>
  replies.filter(({ status }) => status === "interrupted"),
);
console.log(`${values.rounds} kills, ${fates.length} runs:
  ended                 ${fates.length - faults.length} as they should, ${faults.length} faults
  latest end            ${(quantile(recoveries, 0.5) / 1000).toFixed(1)} s after the start (median), ${(Math.max(...recoveries) / 1000).toFixed(1)} s at most
  replies cut by kills  ${interrupted.length}
  calls                 ${entries.length} at the provider; booked: ${count("ok")} as stated, ${count("lost")} estimated, ${count("error")} others`);
for (const fault of faults) console.log(`  FAULT ${fault}`);
process.exit(isOver && faults.length === 0 ? 0 : 1);
