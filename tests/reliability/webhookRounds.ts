/**
 * The whole product as a process that tells a receiver of everything, is killed with SIGKILL while it does, and started
 * again over the same data folder; and a receiver that fails as receivers do.
 *
 * Each process believes that two minutes more have passed, as if the machine had been off for it: leases have run out.
 */
import type { ServerResponse } from "node:http";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConvexHttpClient } from "convex/browser";
import type { FunctionReturnType } from "convex/server";
import { Webhook } from "standardwebhooks";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { openReceiver, type Received, type Receiver } from "../support/receiver";
import { FREE_PORTS, runCommand, type RunningCommand } from "../support/command";
import { adminOf, parseReady, setVariable, userOf } from "../support/startProcess";

const OFF_MS = 120_000;
const AT_ONCE = 16;

type Delivery = FunctionReturnType<typeof api.queries.webhooks.deliveries>["page"][number];
type Process = {
  command: RunningCommand;
  user: ConvexHttpClient;
  operator: ReturnType<typeof adminOf>;
};

export type Arrival = { sessionId: string; atMs: number; wasTaken: boolean };

export class WebhookRounds {
  readonly receiver: Receiver;
  /** By `webhook-id`, in order: what came, and whether it was answered as taken. */
  readonly arrivals = new Map<string, Arrival[]>();
  /** Sessions whose creation was answered. */
  readonly heard = new Set<string>();
  forged = 0;
  readonly #data: string;
  readonly #failing: number;
  #process: Process | null = null;
  #starts = 0;
  #secret = "";
  #agentId: Id<"agents"> | null = null;

  private constructor(receiver: Receiver, { data, failing }: { data: string; failing: number }) {
    this.receiver = receiver;
    this.#data = data;
    this.#failing = failing;
    receiver.answer((received, response) => this.#answer(received, response));
  }

  /**
   * @param data - A folder that does not exist yet.
   * @param failing - The part of requests that the receiver fails.
   */
  static async open(options: { data: string; failing: number }): Promise<WebhookRounds> {
    const rounds = new WebhookRounds(await openReceiver(), options);
    await rounds.start();
    const { user } = rounds.#running();
    const made = { url: rounds.receiver.url, events: ["session.created"] };
    rounds.#secret = (await user.action(api.actions.webhooks.create, made)).secret;
    return rounds;
  }

  async start(): Promise<void> {
    const loaded = pathToFileURL(resolve("tests/support/laterClock.mjs")).href;
    const command = runCommand(
      "src/cli/start.ts",
      ["--data", this.#data, ...FREE_PORTS, "--json", "--no-demo"],
      { NODE_OPTIONS: `--import ${loaded}`, LATER_BY_MS: String(this.#starts++ * OFF_MS) },
    );
    const ready = parseReady(await command.firstLine());
    await setVariable(ready, { name: "PRIVATE_PROVIDER_URLS", value: "true" });
    this.#agentId = ready.agentId;
    this.#process = { command, user: userOf(ready), operator: adminOf(ready) };
  }

  /** SIGKILL: nothing gets to clean up. */
  async kill(): Promise<void> {
    await this.#running().command.end("SIGKILL");
    this.#process = null;
  }

  /** Opens sessions, each of which is told of, until it is done or the process is gone. */
  async happen(count: number): Promise<void> {
    const { user } = this.#running();
    const agentId = this.#agentId;
    if (agentId === null) throw new Error("no process has been started");
    let left = count;
    const one = async () => {
      while (left-- > 0) {
        try {
          const session = { agentId, title: "Of a round" };
          this.heard.add(await user.mutation(api.mutations.conversations.create, session));
        } catch {
          return; // whoever was killed says nothing, and may have done it all the same
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
  }

  /** Until each delivery has arrived or is dead; whatever waits for its next attempt is hurried. */
  async settle(msMax: number): Promise<void> {
    const { user, operator } = this.#running();
    const endMs = performance.now() + msMax;
    while (performance.now() < endMs) {
      await operator.mutation(internal.jobs.webhooks.retryNow, {});
      await new Promise((done) => setTimeout(done, 250));
      const open = await Promise.all(
        (["pending", "delivering"] as const).map(async (state) => {
          const paginationOpts = { cursor: null, numItems: 1 };
          return (await user.query(api.queries.webhooks.deliveries, { state, paginationOpts }))
            .page;
        }),
      );
      if (open.flat().length === 0) return;
    }
    throw new Error(`deliveries are open after ${msMax} ms`);
  }

  async deliveries(): Promise<Delivery[]> {
    const { user } = this.#running();
    const all: Delivery[] = [];
    for (let cursor: string | null = null, isDone = false; !isDone;) {
      const paginationOpts = { cursor, numItems: 100 };
      const page: FunctionReturnType<typeof api.queries.webhooks.deliveries> = await user.query(
        api.queries.webhooks.deliveries,
        { paginationOpts },
      );
      all.push(...page.page);
      ({ continueCursor: cursor, isDone } = page);
    }
    return all;
  }

  async close(): Promise<void> {
    await this.#process?.command.end("SIGKILL");
    await this.receiver.close();
  }

  #running(): Process {
    if (this.#process === null) throw new Error("no process is running");
    return this.#process;
  }

  /** 500s, resets, a proxy that gives up, and answers that never come to an end. */
  #answer(received: Received, response: ServerResponse): void {
    if (!this.#isSigned(received)) this.forged++;
    const fails = Math.random() < this.#failing;
    const arrival = {
      sessionId: String(received.data["sessionId"]),
      atMs: Date.now(),
      wasTaken: !fails,
    };
    const before = this.arrivals.get(received.id) ?? [];
    this.arrivals.set(received.id, [...before, arrival]);
    if (!fails) response.writeHead(204).end();
    else if (Math.random() < 0.6) response.writeHead(500).end();
    else if (Math.random() < 0.5) response.destroy();
    else {
      response.writeHead(200, { "content-length": 10 });
      response.write("half", () => response.destroy());
    }
  }

  /** As the reference library signs it; its own check would refuse the times of these processes. */
  #isSigned({ id, headers, body }: Received): boolean {
    const at = new Date(Number(headers["webhook-timestamp"]) * 1_000);
    return headers["webhook-signature"] === new Webhook(this.#secret).sign(id, at, body);
  }
}

/** What is wrong with how events were told; nothing, if nothing is. */
export function faultsOf(rounds: WebhookRounds, deliveries: readonly Delivery[]): string[] {
  const faults: string[] = [];
  const told = new Map<string, string>();
  for (const { eventId, state } of deliveries) {
    const arrivals = rounds.arrivals.get(eventId) ?? [];
    const taken = arrivals.filter(({ wasTaken }) => wasTaken);
    if (state === "delivered" && taken.length === 0) faults.push(`${eventId} did not arrive`);
    if (state === "dead" && taken.length > 0) faults.push(`${eventId} arrived, and counts as dead`);
    if (state === "pending" || state === "delivering") faults.push(`${eventId} is ${state}`);
    for (const { sessionId } of arrivals) {
      if ((told.get(sessionId) ?? eventId) !== eventId) faults.push(`${sessionId} has two ids`);
      told.set(sessionId, eventId);
    }
  }
  const ids = new Set<string>(deliveries.map(({ eventId }) => eventId));
  for (const id of rounds.arrivals.keys()) if (!ids.has(id)) faults.push(`${id} was never put out`);
  for (const sessionId of rounds.heard) {
    if (!told.has(sessionId)) faults.push(`${sessionId} was opened, and never told of`);
  }
  if (rounds.forged > 0) faults.push(`${rounds.forged} requests were signed wrongly`);
  return faults;
}
