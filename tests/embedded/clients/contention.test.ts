/** Real clients of a runtime that judges conflicts. */
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import type { MeterReport } from "../../../src/embedded/runtime/types";
import { api } from "./api";
import { ADMIN_KEY, startBackend } from "./backend";
import { httpClient, socketClient } from "./connections";

const WINDOW_MS = 10_000;
const CLIENTS = 30;

/** Some clients at once, each with one call. */
async function all(call: (number: number) => Promise<unknown>) {
  const outcomes = await Promise.allSettled(Array.from({ length: CLIENTS }, (_, n) => call(n)));
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [String(outcome.reason)] : [],
  );
  return { failures, succeeded: CLIENTS - failures.length };
}

async function meterOf({ apiUrl }: { apiUrl: string }) {
  const headers = { Authorization: `Convex ${ADMIN_KEY}` };
  const response = await fetch(`${apiUrl}/api/embedded/meter`, { headers });
  return ((await response.json()) as MeterReport).contention!;
}

describe("over HTTP", () => {
  test("a counter that all write to fails some of them; sharded, it fails none", async () => {
    const backend = await startBackend({ occWindowMs: WINDOW_MS });
    const increment = (name: string) =>
      httpClient(backend).mutation(api.counters.increment, { name });

    const sharded = await all((n) => increment(`shard ${n}`));
    expect(sharded.failures).toEqual([]);
    expect(await meterOf(backend)).toMatchObject({ judged: CLIENTS, conflicts: 0, failures: 0 });

    const hot = await all(() => increment("hot"));
    expect(hot.failures.length).toBeGreaterThan(0);
    for (const failure of hot.failures) {
      expect(failure).toContain("OptimisticConcurrencyControlFailure");
      expect(failure).toContain('read from or written to the \\"counters\\" table changed');
    }
    const count = await httpClient(backend).query(api.counters.get, { name: "hot" });
    expect(Number(count)).toBe(hot.succeeded);
    const meter = await meterOf(backend);
    expect(meter.failures).toBe(hot.failures.length);
    expect(meter.lines[0]).toMatchObject({
      function: "counters:increment",
      table: "counters",
      index: "by_name",
      range: 'name = "hot"',
    });
  });

  test("calls on one connection are in order, so they do not conflict", async () => {
    const backend = await startBackend({ occWindowMs: WINDOW_MS });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const body = JSON.stringify({ path: "counters:increment", args: { name: "own" } });
    for (let n = 0; n < 10; n++) {
      const options = { agent, method: "POST", headers: { "Content-Type": "application/json" } };
      const sent = request(`${backend.apiUrl}/api/mutation`, options);
      sent.end(body);
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      expect(response.statusCode).toBe(200);
      await once(response.resume(), "end");
    }
    expect((await meterOf(backend)).conflicts).toBe(0);
  });

  test("a client that waits for each answer always gets through, over whichever connections", async () => {
    const backend = await startBackend({ occWindowMs: WINDOW_MS });
    const client = httpClient(backend);
    for (let n = 0; n < 10; n++) await client.mutation(api.counters.increment, { name: "own" });
    expect(Number(await client.query(api.counters.get, { name: "own" }))).toBe(10);
    expect((await meterOf(backend)).failures).toBe(0);
  });

  test("the meter is for admins", async () => {
    const { apiUrl } = await startBackend({ occWindowMs: WINDOW_MS });
    expect((await fetch(`${apiUrl}/api/embedded/meter`)).status).toBe(403);
  });
});

describe("over a socket", () => {
  test("a client's own mutations are in order, so they do not conflict, however fast they come", async () => {
    const backend = await startBackend({ occWindowMs: WINDOW_MS });
    const client = socketClient(backend);
    const sent = Array.from({ length: 20 }, () =>
      client.mutation(api.counters.increment, { name: "own" }),
    );
    expect((await Promise.all(sent)).map(Number)).toEqual(sent.map((_, n) => n + 1));
    expect((await meterOf(backend)).conflicts).toBe(0);
  });

  test("several clients with one counter conflict, try again and get through, each once", async () => {
    const backend = await startBackend({ occWindowMs: WINDOW_MS });
    const clients = Array.from({ length: 6 }, () => socketClient(backend));
    const counts = await Promise.all(
      clients.map((client) => client.mutation(api.counters.increment, { name: "hot" })),
    );
    expect(new Set(counts.map(Number))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect((await meterOf(backend)).conflicts).toBeGreaterThan(0);
  }, 60_000);
});
