/**
 * `npm run bench:webhooks -- --events 10000 --kills 20 --failing 0.3`: a receiver that fails part of what it is sent,
 * and a process that is killed while it sends. Fails if an event is lost, told under two ids, or signed wrongly.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { faultsOf, WebhookRounds } from "../reliability/webhookRounds";
import { quantile } from "./measure";

const SETTLE_MS = 600_000;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "10000" },
    kills: { type: "string", default: "20" },
    failing: { type: "string", default: "0.3" },
  },
});
const [events, kills] = [Number(values.events), Number(values.kills)];
const parent = mkdtempSync(join(tmpdir(), "webhooks-"));
const data = join(parent, "data");
const rounds = await WebhookRounds.open({ data, failing: Number(values.failing) });
let faults: string[] = [];
try {
  const startMs = performance.now();
  for (let round = 0; round <= kills; round++) {
    const happening = rounds.happen(Math.ceil(events / (kills + 1)));
    if (round === kills) await happening;
    else {
      await new Promise((done) => setTimeout(done, 200 + Math.random() * 2_500));
      await rounds.kill();
      await happening;
      await rounds.start();
    }
    console.error(
      `${rounds.heard.size} events, ${rounds.arrivals.size} of them have arrived somehow`,
    );
  }
  // What the killed rounds had no time for.
  while (rounds.heard.size < events) await rounds.happen(events - rounds.heard.size);
  await rounds.settle(SETTLE_MS);
  const tookMs = performance.now() - startMs;

  const deliveries = await rounds.deliveries();
  faults = faultsOf(rounds, deliveries);
  const of = (state: string) => deliveries.filter((one) => one.state === state);
  const requests = [...rounds.arrivals.values()].flat();
  const repeated = [...rounds.arrivals.values()].filter(
    (arrivals) => arrivals.filter(({ wasTaken }) => wasTaken).length > 1,
  );
  const attempts = deliveries.map(({ attemptCount }) => attemptCount);
  const first = deliveries.flatMap(({ eventId, createdAt }) => {
    const [arrival] = rounds.arrivals.get(eventId) ?? [];
    return arrival === undefined ? [] : [arrival.atMs - createdAt];
  });
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  console.log(`${deliveries.length} events, ${kills} kills, ${Number(values.failing) * 100} % of requests fail:
  delivered        ${of("delivered").length}; dead and visible ${of("dead").length}; faults ${faults.length}
  requests         ${requests.length}; most attempts ${Math.max(...attempts)}
  taken twice      ${repeated.length} events, each under one id
  took             ${seconds(tookMs)} s, ${(requests.length / (tookMs / 1_000)).toFixed(0)} requests a second`);
  // Clocks of killed processes are ahead of this one's.
  if (kills === 0) {
    const [half, most] = [quantile(first, 0.5), quantile(first, 0.99)];
    console.log(
      `  first request    ${half.toFixed(0)} ms after the event (median), ${most.toFixed(0)} ms (99 of 100)`,
    );
  }
} finally {
  await rounds.close();
  rmSync(parent, { recursive: true, force: true });
}
for (const fault of faults.slice(0, 20)) console.log(`  FAULT ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
