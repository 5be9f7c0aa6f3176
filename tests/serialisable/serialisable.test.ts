/**
 * Many real clients write to the same few rows of one process at once. Whatever they do, there must be one
 * order of all mutations, that of their commits, in which each read what those before it wrote; and what a
 * subscriber sees must be the state between two of them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BaseConvexClient, ConvexClient, ConvexHttpClient } from "convex/browser";
import { getFunctionName } from "convex/server";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type EmbeddedProcess, startEmbedded } from "../support/embeddedProcess";
import { ACCOUNTS, BALANCE, PROJECT, api, histories, replay, sumOf } from "./bank";
import type { Act, State } from "./bank";

const SOCKET_CLIENTS = 8;
const HTTP_CLIENTS = 8;
const SUBSCRIBERS = 3;
const HISTORIES = 6;
const PATIENT = { timeout: 10_000 };

const data = mkdtempSync(join(tmpdir(), "serialisable-"));
const options = {
  webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
  logger: false,
  unsavedChangesWarning: false,
} as const;

let server: EmbeddedProcess;
let socketClients: ConvexClient[];
let httpClients: ConvexHttpClient[];
beforeAll(async () => {
  server = await startEmbedded({ project: PROJECT, data });
  const { apiUrl } = server;
  socketClients = Array.from(
    { length: SOCKET_CLIENTS },
    () => new ConvexClient(apiUrl, { ...options }),
  );
  httpClients = Array.from(
    { length: HTTP_CLIENTS },
    () => new ConvexHttpClient(apiUrl, { logger: false }),
  );
});
afterAll(async () => {
  await Promise.all(socketClients.map((client) => client.close()));
  await server.kill();
  rmSync(data, { recursive: true, force: true });
});

/** Does it on any client without waiting for what the client did before. */
async function perform(client: ConvexClient | ConvexHttpClient, bank: string, act: Act) {
  const { kind, ...args } = act;
  const reference = api[kind] as typeof api.transfer;
  const all = { bank, ...args } as (typeof api.transfer)["_args"];
  return client instanceof ConvexHttpClient
    ? await client.mutation(reference, all, { skipQueue: true })
    : await client.mutation(reference, all);
}

/** Watches each account by a query of its own; keeps what all of them say together, whenever that changes. */
function watchAccounts(bank: string) {
  const seen: State[][] = [];
  const path = getFunctionName(api.account);
  const numbers = Array.from({ length: ACCOUNTS }, (_, number) => number);
  const client: BaseConvexClient = new BaseConvexClient(
    server.apiUrl,
    () => {
      const states = numbers.map((number) => client.localQueryResult(path, { bank, number }));
      if (states.every((state) => state !== undefined)) seen.push(states as unknown as State[]);
    },
    options,
  );
  for (const number of numbers) client.subscribe(path, { bank, number });
  return { seen, client };
}

/** Watches all accounts by one query. */
function watchBank(bank: string) {
  const seen: State[][] = [];
  const client = new ConvexClient(server.apiUrl, { ...options });
  client.onUpdate(api.accounts, { bank }, (accounts) => void seen.push(accounts));
  return { seen, client };
}

let banks = 0;

async function makeHistory(history: Act[][]): Promise<void> {
  const bank = `bank ${(banks += 1)}`;
  const reader = httpClients[0]!;
  await reader.mutation(api.open, { bank, accounts: ACCOUNTS, balance: BALANCE });
  const watchers = Array.from({ length: SUBSCRIBERS }, () => [
    watchAccounts(bank),
    watchBank(bank),
  ]).flat();
  await expect.poll(() => watchers.every(({ seen }) => seen.length > 0), PATIENT).toBe(true);

  const clients = [...socketClients, ...httpClients];
  const ids = await Promise.all(
    history.flatMap((acts, index) => acts.map((act) => perform(clients[index]!, bank, act))),
  );

  const operations = await reader.query(api.operations, { bank });
  expect(operations.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  const states = replay(operations);
  expect(await reader.query(api.accounts, { bank })).toEqual(states.at(-1));

  await expect
    .poll(() => watchers.map(({ seen }) => seen.at(-1)), PATIENT)
    .toEqual(watchers.map(() => states.at(-1)));
  const places = new Map(states.map((state, place) => [JSON.stringify(versions(state)), place]));
  for (const { seen, client } of watchers) {
    let last = -1;
    for (const accounts of seen) {
      expect(sumOf(accounts)).toBe(ACCOUNTS * BALANCE);
      const place = places.get(JSON.stringify(versions(accounts)));
      expect(place, "what a subscriber saw is a state that the bank was in").toBeDefined();
      expect(accounts).toEqual(states[place!]);
      expect(place, "a subscriber never goes back").toBeGreaterThanOrEqual(last);
      last = place!;
    }
    await client.close();
  }
}

const versions = (accounts: readonly State[]) => accounts.map(({ version }) => version);

test("concurrent clients leave a history that has one order, and see only states of it", async () => {
  const property = fc.asyncProperty(histories(SOCKET_CLIENTS + HTTP_CLIENTS), makeHistory);
  // Shrinking would find another interleaving: the first failure says most.
  await fc.assert(property, { numRuns: HISTORIES, endOnFailure: true });
});
