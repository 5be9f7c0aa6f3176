/** A workflow whose server is killed in the middle, twice, and which ends as if nothing had happened. */
import { ConvexHttpClient } from "convex/browser";
import { expect, onTestFinished, test } from "vitest";
import { startEmbedded } from "../../support/embeddedProcess";
import { temporaryFolder } from "../clients/projectCopy";
import { mutation, PACKAGES, query } from "./serving";

const WAIT = { timeout: 30_000, interval: 20 };
const STEPS = 40;

async function startProcess(data: string) {
  const server = await startEmbedded({ project: PACKAGES, data });
  onTestFinished(() => server.kill());
  const client = new ConvexHttpClient(server.apiUrl, { logger: false });
  return {
    client,
    steps: () => client.query(query("log:list"), {}) as Promise<string[]>,
    kill: () => server.kill(),
  };
}

test(
  "workflow: each step runs once, whenever the server is killed",
  { timeout: 90_000 },
  async () => {
    const data = await temporaryFolder();
    const first = await startProcess(data);
    const workflowId = await first.client.mutation(mutation("flow:start"), { steps: STEPS });
    await expect.poll(async () => (await first.steps()).length, WAIT).toBeGreaterThan(3);
    await first.kill();

    const killedAtMs = Date.now();
    const second = await startProcess(data);
    const all = Array.from({ length: STEPS }, (_, n) => `step ${n}`);
    await expect.poll(second.steps, WAIT).toEqual(all);
    // Not all of it was there already.
    expect(await second.client.query(query("log:lastAt"), {})).toBeGreaterThan(killedAtMs);
    await second.kill();

    const third = await startProcess(data);
    const status = () => third.client.query(query("flow:status"), { workflowId });
    expect(await status()).toMatchObject({ type: "inProgress" });
    await third.client.mutation(mutation("flow:give"), { workflowId, value: 21 });
    await expect.poll(status, WAIT).toMatchObject({ type: "completed", result: 42 });
    expect(await third.steps()).toEqual(all);
  },
);
