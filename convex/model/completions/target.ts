/** What a client's `model` stands for: an agent, or a provider's model by its own name. */
import { listPrices } from "../../../src/pricing/priceBook";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { PROVIDERS, type FallbackModel } from "../../validators";
import type { CallerScope } from "../access";
import * as Slugs from "../agents/slugs";
import { requireTakesMessages } from "../sessions";
import { directAgent } from "./direct";

export const AGENT_PREFIX = "agent:";

export type Target = { agent: Doc<"agents">; model?: FallbackModel };

/**
 * @throws not_found - The tenant has no such agent, or nobody knows the model.
 * @throws forbidden - It is a provider's model, and the caller may not call these.
 * @throws conflict - The agent is paused or archived.
 */
export async function targetOf(
  ctx: MutationCtx,
  scope: CallerScope,
  { name, nowMs }: { name: string; nowMs: number },
): Promise<Target> {
  const target = await found(ctx, scope, { name, nowMs });
  await requireTakesMessages(ctx, target.agent);
  return target;
}

async function found(
  ctx: MutationCtx,
  scope: CallerScope,
  { name, nowMs }: { name: string; nowMs: number },
): Promise<Target> {
  const { agent, model } = await lookUp(ctx, scope, { name, nowMs });
  if (agent !== undefined) return { agent };
  return { agent: await directAgent(ctx, scope, nowMs), model };
}

/**
 * The agent or the model of that name, whether or not it can be called now.
 *
 * @throws not_found, forbidden - As for `targetOf`.
 */
export async function lookUp(
  ctx: QueryCtx,
  scope: CallerScope,
  { name, nowMs }: { name: string; nowMs: number },
): Promise<
  { agent: Doc<"agents">; model?: undefined } | { agent?: undefined; model: FallbackModel }
> {
  if (name.startsWith(AGENT_PREFIX)) {
    const agent = await agentNamed(ctx, scope, name);
    return agent === null ? noSuchModel(name) : { agent };
  }
  const permission = "models:call";
  if (!scope.actor.permissions.has(permission)) fail({ kind: "forbidden", permission });
  const model = modelNamed(name, nowMs);
  return model === null ? noSuchModel(name) : { model };
}

/** The agent that a name with the prefix stands for. */
async function agentNamed(
  ctx: QueryCtx,
  scope: CallerScope,
  name: string,
): Promise<Doc<"agents"> | null> {
  return await Slugs.find(ctx, scope, name.slice(AGENT_PREFIX.length));
}

/** "openai/gpt-5-mini", or the bare name where one provider of the price book has it, and no other. */
function modelNamed(name: string, nowMs: number): FallbackModel | null {
  const slash = name.indexOf("/");
  const provider = PROVIDERS.find((one) => one === name.slice(0, Math.max(0, slash)));
  if (provider !== undefined) {
    const model = name.slice(slash + 1);
    return model === "" ? null : { provider, model };
  }
  const [only, ...others] = listPrices(nowMs).flatMap((record) => {
    const ours = PROVIDERS.find((one) => one === record.provider);
    return ours !== undefined && record.model === name ? [{ provider: ours, model: name }] : [];
  });
  return only === undefined || others.length > 0 ? null : only;
}

function noSuchModel(name: string): never {
  return fail({ kind: "not_found", entity: "model", id: name });
}
