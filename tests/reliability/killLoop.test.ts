/**
 * The embedded runtime is killed with SIGKILL under load, again and again over the same data folder.
 * What it acknowledged must be there, and each scheduled function must have run as often as promised.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { afterAll, expect, test } from "vitest";
import { type EmbeddedProcess, startEmbedded } from "../support/embeddedProcess";

/** `npm run prove:embedded` makes fifty. */
const ROUNDS = Number(process.env["KILLS"] ?? 15);
const WRITERS = 8;
const KILL_AFTER_MS_MIN = 150;
const KILL_AFTER_MS_SPREAD = 350;

const data = mkdtempSync(join(tmpdir(), "kill-loop-"));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const api = anyApi;
const append = api["entries"]!["append"]!;
const start = () => startEmbedded({ project: "tests/fixtures/projects/ledger", data });

type Round = { acknowledged: string[]; newestServerTimeMs: number };

/** Writes as fast as it can until the server is gone; remembers what was acknowledged. */
async function writeUntilKilled(server: EmbeddedProcess, writer: string): Promise<Round> {
  const client = new ConvexHttpClient(server.apiUrl, { logger: false });
  const round: Round = { acknowledged: [], newestServerTimeMs: 0 };
  for (let number = 1; ; number++) {
    try {
      const timeMs = await client.mutation(append, { writer, number, payload: "x".repeat(200) });
      round.acknowledged.push(`${writer}:${number}`);
      round.newestServerTimeMs = Math.max(round.newestServerTimeMs, timeMs as number);
    } catch (error) {
      if (server.process.signalCode === null && server.process.exitCode === null) {
        // The socket can break a moment before the process is reaped; anything else is a real failure.
        await new Promise((resolve) => setTimeout(resolve, 500));
        if (server.process.signalCode === null) throw error;
      }
      return round;
    }
  }
}

async function entriesOf(client: ConvexHttpClient, writer: string): Promise<number[]> {
  const numbers: number[] = [];
  for (;;) {
    const after = numbers.at(-1) ?? 0;
    const page = (await client.query(api["entries"]!["page"]!, {
      writer,
      after,
      limit: 1000,
    })) as number[];
    numbers.push(...page);
    if (page.length < 1000) return numbers;
  }
}

type Job = { name: string; key: string; state: string };

async function jobs(client: ConvexHttpClient): Promise<Job[]> {
  const all: Job[] = [];
  for (let cursor: string | null = null; ;) {
    const page = (await client.query(api["jobs"]!["states"]!, { cursor })) as {
      jobs: Job[];
      cursor: string;
      isDone: boolean;
    };
    all.push(...page.jobs);
    if (page.isDone) return all;
    cursor = page.cursor;
  }
}

async function settledJobs(client: ConvexHttpClient): Promise<Job[]> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const all = await jobs(client);
    if (all.every((job) => job.state !== "pending" && job.state !== "inProgress")) return all;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("Scheduled functions were still not finished 30 seconds after the restart.");
}

test(
  `${ROUNDS} kills under load lose no acknowledged write and no scheduled function`,
  { timeout: 600_000 },
  async () => {
    const acknowledged: string[] = [];
    let newestServerTimeMs = 0;
    const nowOf = async (server: EmbeddedProcess) => {
      const client = new ConvexHttpClient(server.apiUrl, { logger: false });
      const args = { writer: `clock-${server.process.pid}`, number: 1, payload: "" };
      acknowledged.push(`${args.writer}:1`);
      return (await client.mutation(append, args)) as number;
    };

    for (let round = 0; round < ROUNDS; round++) {
      const server = await start();
      expect(await nowOf(server)).toBeGreaterThanOrEqual(newestServerTimeMs);

      const writers = Array.from({ length: WRITERS }, (_, index) =>
        writeUntilKilled(server, `round${round}-writer${index}`),
      );
      const killAfterMs = KILL_AFTER_MS_MIN + Math.random() * KILL_AFTER_MS_SPREAD;
      await new Promise((resolve) => setTimeout(resolve, killAfterMs));
      await server.kill();
      for (const done of await Promise.all(writers)) {
        acknowledged.push(...done.acknowledged);
        newestServerTimeMs = Math.max(newestServerTimeMs, done.newestServerTimeMs);
      }
    }
    // More than the clock's own, one of each round.
    expect(acknowledged.length).toBeGreaterThan(ROUNDS * 2);

    const server = await start();
    const client = new ConvexHttpClient(server.apiUrl, { logger: false });
    const settled = await settledJobs(client);

    const stored = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      for (let index = 0; index < WRITERS; index++) {
        const writer = `round${round}-writer${index}`;
        const numbers = await entriesOf(client, writer);
        expect(new Set(numbers).size, `no entry of ${writer} is doubled`).toBe(numbers.length);
        for (const number of numbers) stored.add(`${writer}:${number}`);
      }
    }
    const lost = acknowledged.filter((key) => !key.startsWith("clock-") && !stored.has(key));
    expect(lost, "acknowledged writes that are gone").toEqual([]);

    const failedActions = new Set(
      settled.filter((job) => job.state === "failed").map((job) => `${job.name} ${job.key}`),
    );
    expect([...failedActions].filter((job) => !job.includes("runAction"))).toEqual([]);
    const keys = [...stored];
    for (let from = 0; from < keys.length; from += 500) {
      const counts = (await client.query(api["jobs"]!["runsOf"]!, {
        keys: keys.slice(from, from + 500),
      })) as { key: string; mutations: number; actions: number }[];
      for (const { key, mutations, actions } of counts) {
        expect(mutations, `the scheduled mutation of ${key} ran exactly once`).toBe(1);
        expect(actions, `the scheduled action of ${key} ran at most once`).toBeLessThanOrEqual(1);
        if (actions === 0) {
          const failed = [...failedActions].some((job) => job.endsWith(` ${key}`));
          expect(failed, `the action of ${key} that did not run is marked failed`).toBe(true);
        }
      }
    }
    await server.kill();
  },
);
