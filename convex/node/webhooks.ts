"use node";
/**
 * The worker that delivers webhooks: in Node.js, because only there it can be seen what a host's name resolves to, and
 * the connection be held to that.
 *
 *   due (a query) ─▶ claim ─▶ requests side by side ─▶ book, many at once ─▶ due … ─▶ leave
 */
import { v } from "convex/values";
import { retryAfterMsOf } from "../../src/core/webhookRetries";
import type { Posted } from "../../src/webhooks/post";
import { send } from "../../src/webhooks/send";
import { internal } from "../_generated/api";
import { internalAction, type ActionCtx } from "../_generated/server";
import { persistently } from "../lib/persistently";
import { coordinatesOf } from "../model/credentials";
import { sealingKeys } from "../model/deploymentSecrets";
import { open } from "../model/secrets";
import type { Due, Work } from "../model/webhooks/claims";
import type { Outcome } from "../model/webhooks/outcomes";
import { urlRules } from "../model/webhooks/urls";
import { LIFE_MS } from "../model/webhooks/worker";

/** Requests under way at once: they only wait. */
const UNDER_WAY_MAX = 128;
/** Outcomes are gathered for so long, and what has become due meanwhile is looked for as often. */
const TURN_MS = 50;
/** While requests are under way and nothing else is due. */
const QUIET_TURN_MS = 500;

/** Delivers what is due until nothing is any more, or its time is up. */
export const deliver = internalAction({
  args: { token: v.string() },
  returns: v.null(),
  handler: async (ctx, { token }): Promise<null> => {
    await new Deliverer(ctx, token).run();
    return null;
  },
});

/** A look at all endpoints one after the other, in as many queries as it takes. */
type Round = {
  lane: string;
  beganAtMs: number;
  isOver: boolean;
  /** Nothing was taken in it. */
  isIdle: boolean;
  /** Nothing was under way in it, for which something else would have had to wait. */
  isAlone: boolean;
};

function newRound(): Round {
  return { lane: "", beganAtMs: Date.now(), isOver: false, isIdle: true, isAlone: true };
}

class Deliverer {
  readonly #ctx: ActionCtx;
  readonly #token: string;
  readonly #endsAtMs = Date.now() + LIFE_MS;
  readonly #underWay = new Map<string, Work>();
  #outcomes: Outcome[] = [];
  #round = newRound();
  #wake: () => void = () => undefined;

  constructor(ctx: ActionCtx, token: string) {
    this.#ctx = ctx;
    this.#token = token;
  }

  async run(): Promise<void> {
    for (;;) {
      const isOver = Date.now() >= this.#endsAtMs;
      const found = isOver ? "nothing" : await this.#takeOn();
      await this.#book();
      if (this.#underWay.size > 0)
        await this.#someEnd(found === "nothing" ? QUIET_TURN_MS : TURN_MS);
      else if (
        found === "nothing" &&
        this.#outcomes.length === 0 &&
        (isOver || this.#round.isAlone)
      ) {
        if (await this.#leave(isOver)) return;
        await pause(QUIET_TURN_MS);
      }
    }
  }

  /** Begins what is due, as far as there is room. "nothing": of no endpoint there was any to take, in a whole round. */
  async #takeOn(): Promise<"some" | "rest" | "nothing"> {
    const room = UNDER_WAY_MAX - this.#underWay.size;
    if (room <= 0) return "rest";
    if (this.#round.isOver) this.#round = newRound();
    const round = this.#round;
    const underWay = [...this.#underWay.values()].map(({ endpointId, tenantId }) => ({
      endpointId,
      tenantId,
    }));
    const asked = { lane: round.lane, room, underWay };
    const { ids, lane }: Due = await this.#ctx.runQuery(internal.jobs.webhooks.due, asked);
    [round.lane, round.isOver] = [lane, lane === ""];
    if (underWay.length > 0) round.isAlone = false;
    if (ids.length === 0) return round.isOver && round.isIdle ? "nothing" : "rest";
    round.isIdle = false;
    const claim = { ids, leaseToken: this.#token };
    const taken: Work[] = await this.#ctx.runMutation(internal.jobs.webhooks.claim, claim);
    for (const work of taken) {
      this.#underWay.set(work.deliveryId, work);
      void this.#attempt(work);
    }
    return "some";
  }

  async #attempt(work: Work): Promise<void> {
    const at = Date.now();
    const posted = await request(work).catch((error: unknown): Posted => {
      console.error(`webhook delivery ${work.deliveryId} could not be tried:`, error);
      return { status: null, why: "the request could not be made" };
    });
    const durationMs = Date.now() - at;
    const attempt = { at, durationMs, ...told(posted) };
    const retryAfterMs =
      posted.status === null ? undefined : retryAfterMsOf(posted.retryAfter, Date.now());
    const { deliveryId } = work;
    this.#outcomes.push({
      deliveryId,
      attempt,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
    this.#underWay.delete(deliveryId);
    this.#wake();
  }

  /** Reports what has ended. Twice does nothing: the first one gives the lease back. */
  async #book(): Promise<void> {
    const outcomes = this.#outcomes;
    if (outcomes.length === 0) return;
    this.#outcomes = [];
    const report = { outcomes, leaseToken: this.#token };
    await persistently(() => this.#ctx.runMutation(internal.jobs.webhooks.book, report));
  }

  /** Waits until something has ended, and a little for others to end with it. */
  async #someEnd(msMax: number): Promise<void> {
    if (this.#outcomes.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, msMax);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await pause(TURN_MS / 5);
  }

  async #leave(isOver: boolean): Promise<boolean> {
    const seat = { token: this.#token, isOver, idleSinceMs: this.#round.beganAtMs };
    return await persistently(() => this.#ctx.runMutation(internal.jobs.webhooks.leave, seat));
  }
}

/** Makes the request, signed with the endpoint's secrets. */
async function request({ tenantId, url, eventId: id, payload, secrets }: Work): Promise<Posted> {
  const keys = sealingKeys();
  const opened = await Promise.all(
    secrets.map(async ({ id: secretId, sealed }) => {
      const at = coordinatesOf({ tenantId, table: "webhook_secrets", id: secretId });
      return await open(keys, at, sealed);
    }),
  );
  const held = opened.filter((secret) => secret !== null);
  if (held.length === 0) return { status: null, why: "the endpoint's secret does not open" };
  return await send({ url, id, payload }, { secrets: held, rules: urlRules() });
}

function told(posted: Posted): Pick<Outcome["attempt"], "status" | "error"> {
  return posted.status === null ? { status: null, error: posted.why } : { status: posted.status };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
