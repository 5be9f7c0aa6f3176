/** The runtime as a process of its own, with the real clients in this one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi, type FunctionReference } from "convex/server";
import { WebSocket } from "ws";
import { startEmbedded } from "../support/embeddedProcess";
import { BODY, CHANNEL, FILL_COUNT, PROJECT } from "./documents";
import { measureFanOut } from "./fanOut";
import { perSecondConcurrent, quantile, timesMs } from "./measure";
import type { Add } from "./measures";

const ROUND_TRIPS = 400;
const SOCKETS = 32;
const HTTP_CLIENTS = 16;
const MUTATIONS = 2_500;
const HTTP_CALLS = 1_200;
const WARM_UP = 200;

const messages = anyApi["messages"] as unknown as {
  send: FunctionReference<"mutation">;
  fill: FunctionReference<"mutation">;
  latest: FunctionReference<"query">;
};
const SEND = { channel: CHANNEL, body: BODY };

export type ServerBench = { apiUrl: string; close(): Promise<void> };

export async function openServer(): Promise<ServerBench> {
  const data = mkdtempSync(join(tmpdir(), "bench-server-"));
  const server = await startEmbedded({ project: PROJECT, data });
  const client = new ConvexHttpClient(server.apiUrl);
  await client.mutation(messages.fill, {
    channel: CHANNEL,
    from: 1,
    count: FILL_COUNT,
    body: BODY,
  });
  return {
    apiUrl: server.apiUrl,
    async close() {
      await server.kill();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export async function measureServer({ apiUrl }: ServerBench, add: Add): Promise<void> {
  await measureSockets(apiUrl, add);
  await measureHttp(apiUrl, add);
  await measureFanOut(apiUrl, add);
}

async function measureSockets(apiUrl: string, add: Add): Promise<void> {
  const clients = Array.from({ length: SOCKETS }, () => openClient(apiUrl));
  const send = (lane: number) => clients[lane]?.mutation(messages.send, SEND) ?? Promise.reject();
  const width = SOCKETS;
  await perSecondConcurrent({ count: WARM_UP, width }, (_, lane) => send(lane));

  const times = await timesMs(ROUND_TRIPS, () => send(0));
  add("socketP50", quantile(times, 0.5));
  add("socketP95", quantile(times, 0.95));
  add("socketP99", quantile(times, 0.99));
  add(
    "socketMutations",
    await perSecondConcurrent({ count: MUTATIONS, width }, (_, lane) => send(lane)),
  );
  await Promise.all(clients.map((client) => client.close()));
}

function openClient(apiUrl: string): ConvexClient {
  return new ConvexClient(apiUrl, {
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    unsavedChangesWarning: false,
  });
}

let asked = 0;

async function measureHttp(apiUrl: string, add: Add): Promise<void> {
  const clients = Array.from({ length: HTTP_CLIENTS }, () => new ConvexHttpClient(apiUrl));
  const width = HTTP_CLIENTS;
  const send = (lane: number) => clients[lane]?.mutation(messages.send, SEND) ?? Promise.reject();
  const ask = (limit: number) => (_: number, lane: number) => {
    const args = { channel: CHANNEL, limit, asking: ++asked };
    return clients[lane]?.query(messages.latest, args) ?? Promise.reject();
  };
  await perSecondConcurrent({ count: WARM_UP, width }, (_, lane) => send(lane));

  const times = await timesMs(ROUND_TRIPS, () => send(0));
  add("httpP50", quantile(times, 0.5));
  add("httpP95", quantile(times, 0.95));
  const count = HTTP_CALLS;
  add("httpMutations", await perSecondConcurrent({ count, width }, (_, lane) => send(lane)));
  add("httpQueries20", await perSecondConcurrent({ count, width }, ask(20)));
  add("httpQueries1", await perSecondConcurrent({ count, width }, ask(1)));
}
