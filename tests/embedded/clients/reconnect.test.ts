/** The server dies by SIGKILL and comes back on the same port and data folder, while clients are connected. */
import { describe, expect, onTestFinished, test } from "vitest";
import { type EmbeddedProcess, startEmbedded } from "../../support/embeddedProcess";
import { RawClient } from "../server/rawClient";
import { api } from "./api";
import { httpClient, socketClient } from "./connections";
import { projectCopy, temporaryFolder } from "./projectCopy";

async function restartable() {
  const project = await projectCopy({ AUTH_PROVIDERS: "[]" });
  const data = await temporaryFolder();
  let server: EmbeddedProcess = await startEmbedded({ project, data });
  const port = Number(new URL(server.apiUrl).port);
  const kill = async () => {
    if (server.process.exitCode === null && server.process.signalCode === null) await server.kill();
  };
  onTestFinished(kill);
  return {
    apiUrl: server.apiUrl,
    kill,
    start: async () => {
      server = await startEmbedded({ project, data, port });
      expect(new URL(server.apiUrl).port).toBe(String(port));
    },
  };
}

describe("after a kill and a restart", () => {
  test("mutations made while it was down are applied once, in order; subscriptions go on", async () => {
    const server = await restartable();
    const client = socketClient(server);
    const seen: string[][] = [];
    client.onUpdate(api.messages.list, { channel: "a" }, (messages) => void seen.push(messages));
    await client.mutation(api.messages.send, { channel: "a", body: "before" });

    await server.kill();
    const sent = ["one", "two", "three"].map((body) =>
      client.mutation(api.messages.send, { channel: "a", body }),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.start();
    await Promise.all(sent);
    expect(seen.at(-1)).toEqual(["before", "one", "two", "three"]);
    await httpClient(server).mutation(api.messages.send, { channel: "a", body: "after" });
    await expect.poll(() => seen.at(-1)?.at(-1)).toBe("after");
  });

  test("mutations under way when it died are applied once, however far they had come", async () => {
    const server = await restartable();
    const client = socketClient(server);
    const sent: Promise<unknown>[] = [];
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 100; n++) {
        sent.push(client.mutation(api.counters.increment, { name: "n" }));
      }
      await new Promise((resolve) => setTimeout(resolve, 10 + 15 * round));
      await server.kill();
      await server.start();
    }
    const counts = (await Promise.all(sent)) as bigint[];
    expect(counts).toEqual(Array.from({ length: 300 }, (_, index) => BigInt(index + 1)));
    expect(await client.query(api.counters.get, { name: "n" })).toBe(300n);
  });

  test("a mutation whose answer was lost gets the first answer when it is sent again", async () => {
    const server = await restartable();
    const before = await RawClient.connect(server.apiUrl);
    before.mutate(0, "counters:increment", { name: "n" });
    const answer = await before.next();
    expect(answer).toMatchObject({ success: true });
    await server.kill();
    await server.start();
    const after = await RawClient.connect(server.apiUrl, {
      sessionId: before.sessionId,
      connect: { connectionCount: 1, maxObservedTimestamp: answer.ts },
    });
    onTestFinished(() => after.close());
    after.mutate(0, "counters:increment", { name: "n" });
    expect(await after.next()).toEqual(answer);
    expect((await after.next()).type).toBe("Transition");
    after.mutate(1, "counters:increment", { name: "n" });
    const next = await after.next();
    expect(next.result).not.toEqual(answer.result);
    expect(Buffer.from(next.ts, "base64").readBigUInt64LE()).toBeGreaterThan(
      Buffer.from(answer.ts, "base64").readBigUInt64LE(),
    );
  });

  test("an action under way fails, and is not run again", async () => {
    const server = await restartable();
    const client = socketClient(server);
    const action = client.action(api.messages.relay, {
      channel: "a",
      body: "relayed",
      delayMs: 60_000,
    });
    const failed = expect(action).rejects.toThrow("Connection lost while action was in flight");
    await client.mutation(api.counters.increment, { name: "n" });
    await server.kill();
    await server.start();
    await failed;
    expect(await client.query(api.messages.list, { channel: "a" })).toEqual([]);
  });

  test("a page keeps its end through the journal that the client brings back", async () => {
    const server = await restartable();
    const http = httpClient(server);
    const bodies = Array.from({ length: 5 }, (_, index) => `m${index}`);
    await http.mutation(api.messages.sendMany, { channel: "a", bodies });
    const args = { channel: "a", paginationOpts: { numItems: 3, cursor: null } };
    const before = await RawClient.connect(server.apiUrl);
    before.add(0, "messages:page", { args });
    const [first] = (await before.next()).modifications;
    const { journal, value } = first as unknown as { journal: string; value: { page: string[] } };
    expect(value.page).toEqual(["m4", "m3", "m2"]);
    await server.kill();
    await server.start();
    await httpClient(server).mutation(api.messages.send, { channel: "a", body: "newest" });
    const after = await RawClient.connect(server.apiUrl, { sessionId: before.sessionId });
    onTestFinished(() => after.close());
    after.add(0, "messages:page", { args, journal });
    const [again] = (await after.next()).modifications;
    expect((again!.value as { page: string[] }).page).toEqual(["newest", "m4", "m3", "m2"]);
  });
});
