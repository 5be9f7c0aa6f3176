/**
 * `npm run bench:long -- --minutes 30`: days of work at a moderate rate, in half an hour. A server as a
 * process of its own gets mutations, live queries, actions with files, searches and scheduled functions;
 * its memory and its data file are looked at every ten seconds. What is live stays the same in size, so
 * whatever else grows is a leak.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { openDatabase, single } from "../../src/embedded/store/driver";
import { startEmbedded } from "../support/embeddedProcess";
import { startLoad } from "./load";
import { verdictOf, type Sample } from "./longRunVerdict";

const PROJECT = "tests/fixtures/projects/longRun";
const SAMPLE_EVERY_MS = 10_000;
const MIB = 2 ** 20;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    retention: { type: "string", default: "2m" },
    /** How many times the moderate rate. */
    rate: { type: "string", default: "1" },
  },
});

const data = mkdtempSync(join(tmpdir(), "long-run-"));
const heapFile = join(data, "heap");
const server = await startEmbedded({
  project: PROJECT,
  data,
  flags: ["--retention", values.retention],
  variables: {
    HEAP_FILE: heapFile,
    NODE_OPTIONS: `--import ${pathToFileURL(resolve("tests/bench/heapReporter.mjs")).href}`,
  },
});
const startedAtMs = Date.now();
const load = startLoad(server, Number(values.rate));
const samples: Sample[] = [];

console.log("    s   RSS MiB  heap MiB  file MiB   log MiB  kept MiB   calls   late  failed");
for (const untilMs = startedAtMs + Number(values.minutes) * 60_000; Date.now() < untilMs;) {
  await new Promise((done) => setTimeout(done, SAMPLE_EVERY_MS));
  const sample = look();
  samples.push(sample);
  const { seconds, rssBytes, heapBytes, calls, late, failed } = sample;
  const { fileBytes, logBytes, keptBytes } = sample;
  const columns = [
    String(seconds).padStart(5),
    ...[rssBytes, heapBytes, fileBytes, logBytes, keptBytes].map((bytes) =>
      (bytes / MIB).toFixed(1).padStart(9),
    ),
    String(calls).padStart(8),
    String(late).padStart(6),
    String(failed).padStart(6),
  ];
  console.log(columns.join(" "));
}
const mistakes = await load.stop();
await server.kill();
rmSync(data, { recursive: true, force: true });

const verdict = verdictOf(samples, mistakes);
console.log(`\n${verdict.text}`);
process.exit(verdict.isGood ? 0 : 1);

function look(): Sample {
  const { pid } = server.process;
  const rssKib = Number(
    execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }),
  );
  const file = join(data, "data.sqlite");
  return {
    seconds: Math.round((Date.now() - startedAtMs) / 1000),
    rssBytes: rssKib * 1024,
    heapBytes: Number(readFileSync(heapFile, "utf8")),
    fileBytes: statSync(file).size,
    logBytes: statSync(`${file}-wal`).size,
    keptBytes: keptIn(file),
    ...load.counts(),
  };
}

/** The texts in the file: what is live, and what was replaced so recently that it is still kept. */
function keptIn(file: string): number {
  const database = openDatabase(file, { readOnly: true });
  try {
    database.exec("PRAGMA busy_timeout = 1000");
    return Number(single(database, "SELECT sum(octet_length(text)) FROM revisions"));
  } finally {
    database.close();
  }
}
