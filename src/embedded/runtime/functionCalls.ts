/** Calls of functions: from outside, where access is checked, and from running actions. */
import type { Deployment, FunctionSpec } from "../deploy/types";
import type { Journal, Transaction } from "../engine/types";
import type { ActionHost, Call, CheckedArgs, FunctionOutcome } from "../execution/types";
import {
  findSystemQuery,
  requireAnyFunction,
  requireArgumentsObject,
  requireFunction,
} from "./access";
import { storedReply, storeReply, type ClientRequest } from "./clientRequests";
import { withCommitTs } from "./commitTs";
import type { Decision } from "./committer";
import { CALL_RETRIES } from "./contention/retries";
import { actionCaller, type MutationOrdering } from "./contention/types";
import { canonicalName } from "./functionPath";
import type { LiveQueryEngine } from "./liveQueries";
import { newQueryCall, type QueryCall, type QueryRun } from "./queryCache";
import type { FunctionRunner } from "./runner";
import type { SystemQueryRunner } from "./systemCalls";
import type { TurnBatch } from "./turnBatch";
import {
  RequestError,
  type FunctionReply,
  type FunctionRequest,
  type MutationReply,
  type QueryReply,
  type Watch,
} from "./types";

export type FunctionCallsOptions = {
  ordering: MutationOrdering;
  runner: FunctionRunner;
  live: LiveQueryEngine;
  /** For queries: those of one turn run together. */
  batch: TurnBatch;
  deployment(): Deployment | null;
  beginQuery: (journal: Journal) => Transaction;
  lastTsMicros(): number;
  /** Runs a system query. */
  runSystemQuery: SystemQueryRunner;
};

export class FunctionCalls {
  readonly #options: FunctionCallsOptions;
  readonly #running = new Set<Promise<unknown>>();
  #isClosing = false;

  constructor(options: FunctionCallsOptions) {
    this.#options = options;
  }

  watch(request: FunctionRequest & { journal?: Journal }): Watch {
    return this.#options.live.watch(toQueryCall(request));
  }

  async query(request: FunctionRequest): Promise<QueryReply> {
    this.requireOpen();
    // Before the cache: what is found there may not be this caller's to see.
    if (findSystemQuery(request) === null) {
      requireFunction(this.#options.deployment(), request, "query");
    }
    const call = toQueryCall(request, requireArgumentsObject(request.args));
    const { live, batch } = this.#options;
    return live.stored(call) ?? (await batch.run(() => live.once(call)));
  }

  async mutation(request: FunctionRequest & { client?: ClientRequest }): Promise<MutationReply> {
    this.requireOpen();
    const { client } = request;
    const { value, tsMicros } = await this.#options.ordering.submit(
      originOf(request),
      (tx, ownTsMicros): Decision<MutationReply | FunctionReply> => {
        const stored = client === undefined ? null : storedReply(tx, client);
        if (stored !== null) return { commit: false, value: stored };
        const spec = requireFunction(this.#options.deployment(), request, "mutation");
        const checkedArgs = requireArgumentsObject(request.args);
        const outcome = this.#options.runner.transaction(toCall(request, spec, checkedArgs), tx);
        if (!outcome.ok) return { commit: false, value: toReply(outcome) };
        const value = withCommitTs(outcome.value, ownTsMicros);
        const { logLines } = outcome;
        if (client !== undefined) {
          storeReply(tx, client, { value, logLines, tsMicros: ownTsMicros });
        }
        return { commit: true, value: { ok: true, value, logLines } };
      },
    );
    if ("tsMicros" in value) return value;
    const { logLines } = value;
    return value.ok
      ? { ok: true, value: value.value, logLines, tsMicros }
      : { ok: false, error: value.error, logLines, tsMicros };
  }

  async action(request: FunctionRequest): Promise<FunctionReply> {
    this.requireOpen();
    const spec = requireFunction(this.#options.deployment(), request, "action");
    const call = toCall(request, spec, requireArgumentsObject(request.args));
    return toReply(await this.asAction(request, () => this.#options.runner.action(call)));
  }

  async run(request: FunctionRequest): Promise<FunctionReply> {
    this.requireOpen();
    if (findSystemQuery(request) !== null) return await this.query(request);
    switch (requireAnyFunction(this.#options.deployment(), request).kind) {
      case "query":
        return await this.query(request);
      case "mutation":
        return await this.mutation(request);
      case "action":
        return await this.action(request);
    }
  }

  /** The calls that a running action makes. */
  async fromAction(...[kind, call]: Parameters<ActionHost["run"]>): Promise<FunctionOutcome> {
    const { runner, ordering, batch, beginQuery } = this.#options;
    switch (kind) {
      case "query":
        return await batch.run(() => runner.transaction(call, beginQuery(null)));
      case "mutation": {
        const { componentPath, modulePath, exportName } = call.spec;
        const { requestId } = call;
        const origin = {
          name: `${modulePath}:${exportName}`,
          componentPath,
          requestId,
          caller: actionCaller(requestId),
          retries: CALL_RETRIES,
        };
        const { value } = await ordering.submit(
          origin,
          (tx, tsMicros): Decision<FunctionOutcome> => {
            const outcome = runner.transaction(call, tx);
            if (!outcome.ok) return { commit: false, value: outcome };
            return {
              commit: true,
              value: { ...outcome, value: withCommitTs(outcome.value, tsMicros) },
            };
          },
        );
        return value;
      }
      case "action":
        return await runner.action(call);
    }
  }

  /** Runs a query for the cache. A refusal is a failed reply here: watches outlive it. */
  runQuery(call: QueryCall): QueryRun {
    const { componentPath, name: path, identity } = call;
    const tx = this.#options.beginQuery(call.journal);
    const tsMicros = this.#options.lastTsMicros();
    try {
      const asked = { path, identity, componentPath };
      const systemQuery = findSystemQuery(asked);
      if (systemQuery !== null) {
        const reply = this.#options.runSystemQuery(systemQuery, call, tx);
        return {
          reply: { ...reply, tsMicros, journal: tx.journal },
          readSet: tx.readSet,
          observed: { identity: true, time: false },
        };
      }
      const spec = requireFunction(this.#options.deployment(), asked, "query");
      const checkedArgs = call.checkedArgs ?? requireArgumentsObject(call.args);
      const outcome = this.#options.runner.transaction(toCall(call, spec, checkedArgs), tx);
      const { logLines } = outcome;
      const { journal } = tx;
      const reply: QueryReply = outcome.ok
        ? { ok: true, value: outcome.value, logLines, tsMicros, journal }
        : { ok: false, error: outcome.error, logLines, tsMicros, journal };
      // Who may call it at all is an observation of the identity, too.
      const isForAdmins = spec.visibility === "internal" || componentPath !== "";
      const { observed } = outcome;
      return {
        reply,
        readSet: tx.readSet,
        observed: isForAdmins ? { ...observed, identity: true } : observed,
      };
    } catch (error) {
      const kind = error instanceof RequestError ? "developer" : "system";
      const message = error instanceof Error ? error.message : String(error);
      return {
        reply: {
          ok: false,
          error: { kind, message },
          logLines: [],
          tsMicros,
          journal: call.journal,
        },
        readSet: tx.readSet,
        observed: { identity: true, time: false },
      };
    }
  }

  /** Runs what is or works like an action: what its caller did before and does after are in order with it. */
  async asAction<T>(
    { requestId, connection }: Pick<FunctionRequest, "requestId" | "connection">,
    run: () => Promise<T>,
  ): Promise<T> {
    const { ordering } = this.#options;
    const caller = connection ?? `request ${requestId}`;
    ordering.actionStarts(requestId, { caller });
    return await this.track(run().finally(() => ordering.actionEnds(requestId, caller)));
  }

  /** Notes a call that `settled` waits for. */
  track<T>(call: Promise<T>): Promise<T> {
    const ended: Promise<void> = call.then(
      () => void this.#running.delete(ended),
      () => void this.#running.delete(ended),
    );
    this.#running.add(ended);
    return call;
  }

  /** @throws RequestError - The runtime is shutting down. */
  requireOpen(): void {
    if (this.#isClosing) {
      throw new RequestError(503, "ShuttingDown", "The runtime is shutting down.");
    }
  }

  /** From now on, only what runs already may call. */
  refuseFromOutside(): void {
    this.#isClosing = true;
  }

  async settled(): Promise<void> {
    // Queries are not noted one by one: when their batch has come to this, all before it have run.
    const queries = this.#options.batch.run(() => undefined);
    await Promise.allSettled([...this.#running, queries]);
  }
}

function originOf({ path, componentPath = "", requestId, connection }: FunctionRequest) {
  return {
    name: canonicalName(path),
    componentPath,
    requestId,
    caller: connection ?? `request ${requestId}`,
    retries: CALL_RETRIES,
  };
}

function toQueryCall(
  request: FunctionRequest & { journal?: Journal },
  checkedArgs?: CheckedArgs,
): QueryCall {
  const { args, identity, requestId } = request;
  return newQueryCall({
    componentPath: request.componentPath ?? "",
    name: canonicalName(request.path),
    args,
    checkedArgs,
    journal: request.journal ?? null,
    identity,
    requestId,
    request: request.request,
  });
}

function toCall(
  request: Pick<FunctionRequest, "args" | "identity" | "requestId" | "request">,
  spec: FunctionSpec,
  checkedArgs: CheckedArgs,
): Call {
  const { args, identity, requestId, request: metadata } = request;
  const scheduledFunction = null;
  return { spec, args, checkedArgs, identity, requestId, request: metadata, scheduledFunction };
}

function toReply(outcome: FunctionOutcome): FunctionReply {
  const { logLines } = outcome;
  return outcome.ok
    ? { ok: true, value: outcome.value, logLines }
    : { ok: false, error: outcome.error, logLines };
}
