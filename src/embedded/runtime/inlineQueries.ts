/** Queries whose code comes with the request: admins look into the data with them. */
import { linkInlineQuery } from "../deploy/inlineQuery";
import { PushError, type Deployment } from "../deploy/types";
import type { Journal, Transaction } from "../engine/types";
import type { Variables } from "./environment";
import type { FunctionRunner } from "./runner";
import type { TurnBatch } from "./turnBatch";
import { RequestError, type FunctionReply, type FunctionRequest } from "./types";

/** `source`: an ESM module that exports a query by default. It sees what the component's functions see. */
export type InlineQueryRequest = Omit<FunctionRequest, "path"> & { source: string };

export function createInlineQueries(options: {
  runner: FunctionRunner;
  batch: TurnBatch;
  deployment(): Deployment | null;
  environment(componentPath: string): Variables;
  beginQuery(journal: Journal): Transaction;
}): (request: InlineQueryRequest) => Promise<FunctionReply> {
  return async ({ source, componentPath = "", args, identity, requestId, request }) => {
    if (options.deployment()?.components.has(componentPath) !== true) {
      throw new RequestError(404, "ComponentNotFound", `There is no component "${componentPath}".`);
    }
    const linked = await linkInlineQuery(source, options.environment(componentPath)).catch(
      (error: unknown) => {
        if (error instanceof PushError) return error;
        throw error;
      },
    );
    if (linked instanceof PushError) {
      const { message } = linked;
      return { ok: false, error: { kind: "developer", message }, logLines: [] };
    }
    const call = {
      spec: { ...linked, componentPath },
      args,
      identity,
      requestId,
      request,
      scheduledFunction: null,
    };
    const outcome = await options.batch.run(() =>
      options.runner.transaction(call, options.beginQuery(null)),
    );
    const { logLines } = outcome;
    return outcome.ok
      ? { ok: true, value: outcome.value, logLines }
      : { ok: false, error: outcome.error, logLines };
  };
}
