/** What a skill that is called by itself comes to: a model's call, a request, or nothing that could be done. */
import { v, type Infer } from "convex/values";
import { MINUTE_MS } from "../../../src/core/limits";
import { tokensAtMost } from "../../../src/pricing/estimate";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import {
  vHttpSkill,
  vOpenRecord,
  vProvider,
  vSealed,
  vSkillAttempt,
  type OpenRecord,
} from "../../validators";
import { actorOf, type CallerScope } from "../access";
import { reserveOrDegrade } from "../budgets/admission";
import { sentenceOf } from "../budgets/refusals";
import { HIDDEN_TOKENS_MAX } from "../budgets/worstCase";
import { accountFor, vAccount } from "../providers/providers";
import { checkedParameters } from "./configuration";
import type { Usable } from "./installed";

/** No action lives as long, so nobody reports what was given up. */
export const CALL_LIFETIME_MS = 15 * MINUTE_MS;

/** A prompt skill takes text; what it makes of it, its instructions say. */
const PROMPT_PARAMETERS = {
  type: "object",
  properties: { input: { type: "string", minLength: 1, maxLength: 100_000 } },
  required: ["input"],
  additionalProperties: false,
};

/** What is to be done, as the action that does it needs it. */
export const vWork = v.union(
  v.object({
    kind: v.literal("prompt"),
    attempt: vSkillAttempt,
    provider: vProvider,
    model: v.string(),
    account: v.union(vAccount, v.null()),
    system: v.string(),
    input: v.string(),
    maxOutputTokens: v.number(),
    temperature: v.optional(v.number()),
  }),
  v.object({
    kind: v.literal("http"),
    http: vHttpSkill,
    parameters: vOpenRecord,
    config: vOpenRecord,
    installation: v.object({ tenantId: v.id("tenants"), id: v.id("agent_skills") }),
    credential: v.union(vSealed, v.null()),
  }),
  /** There is nothing that runs it. */
  v.object({ kind: v.literal("unavailable"), reason: v.string() }),
);
export type Work = Infer<typeof vWork>;

type Asked = { agent: Doc<"agents">; usable: Usable; parameters: OpenRecord; nowMs: number };

/** What the call is, and for a model's what it may come to held: it is about to be made. */
export async function workOf(
  ctx: MutationCtx,
  scope: CallerScope,
  { agent, usable: { row, version }, parameters, nowMs }: Asked,
): Promise<Work> {
  const { prompt, http, wasm } = version;
  if (http !== undefined) {
    const { _id: id, tenantId, config = {}, credential = null } = row;
    const checked = checkedParameters(parameters, http.inputSchema);
    const installation = { tenantId, id };
    return { kind: "http", http, parameters: checked, config, installation, credential };
  }
  if (prompt === undefined) {
    const reason =
      wasm === undefined
        ? "This version of the skill has nothing to run."
        : "WebAssembly skills cannot be run yet.";
    return { kind: "unavailable", reason };
  }
  const { input } = checkedParameters(parameters, PROMPT_PARAMETERS) as { input: string };
  const { provider, model, maxTokens: maxOutputTokens, temperature, systemPrompt } = agent;
  const skill = `# Skill: ${prompt.name}\n\n${prompt.instructions}`;
  const system = systemPrompt.trim() === "" ? skill : `${systemPrompt}\n\n${skill}`;
  const attemptId = `skill/${crypto.randomUUID()}`;
  const verdict = await reserveOrDegrade(ctx, scope, {
    key: attemptId,
    called: { agentId: agent._id, provider, model, ...actorOf(scope) },
    spreadBy: attemptId,
    worst: {
      inputTokensMax: tokensAtMost(system + input) + HIDDEN_TOKENS_MAX,
      outputTokensMax: maxOutputTokens,
    },
    expiresAtMs: nowMs + CALL_LIFETIME_MS,
    nowMs,
  });
  if (verdict.kind === "refused") {
    return { kind: "unavailable", reason: sentenceOf(verdict.refusal) };
  }
  if (verdict.kind === "opening") {
    return { kind: "unavailable", reason: "A budget is not ready yet: try again in a moment." };
  }
  const { called } = verdict;
  return {
    kind: "prompt",
    attempt: { attemptId, ...called, promptChars: system.length + input.length },
    ...called,
    account: await accountFor(ctx, scope, called.provider),
    system,
    input,
    maxOutputTokens,
    ...(temperature !== undefined && { temperature }),
  };
}
