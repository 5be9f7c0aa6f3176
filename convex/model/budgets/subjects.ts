/** Whose spending a budget bounds: named as roll-ups name it, and checked to be the tenant's own. */
import { MODEL_LENGTH_MAX } from "../../../src/core/limits";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { PROVIDERS } from "../../validators";
import { membershipIn, requireOwned, type TenantScope } from "../access";
import { keyOf } from "../rollups/sums";
import type { Subject } from "./spent";

/** Every call reads those of its subjects, managed ones too. */
export const POLICIES_PER_SUBJECT_MAX = 16;

/** All policies of a subject, managed and disabled ones too. */
export async function ofSubject(
  ctx: QueryCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  { dimension, key }: Subject,
): Promise<Doc<"budget_policies">[]> {
  return await ctx.db
    .query("budget_policies")
    .withIndex("by_subject", (q) =>
      q.eq("tenantId", tenantId).eq("dimension", dimension).eq("key", key),
    )
    .take(POLICIES_PER_SUBJECT_MAX);
}

/**
 * The subject, if the tenant has it; a model by its one name.
 *
 * @throws not_found - The agent, key or user does not exist, or is another tenant's.
 * @throws invalid_argument - The key is none of the dimension's.
 */
export async function checkedSubject(
  ctx: QueryCtx,
  scope: TenantScope,
  { dimension, key }: Subject,
): Promise<Subject> {
  switch (dimension) {
    case "tenant":
      if (key !== "") refuse("the tenant's own budget has no key: leave it out");
      break;
    case "agent": {
      const id = ctx.db.normalizeId("agents", key);
      const agent = id === null ? null : await ctx.db.get("agents", id);
      requireOwned(scope, agent, { entity: "agent", id: key });
      break;
    }
    case "key": {
      const id = ctx.db.normalizeId("api_keys", key);
      const row = id === null ? null : await ctx.db.get("api_keys", id);
      requireOwned(scope, row, { entity: "key", id: key });
      break;
    }
    case "user": {
      const id = ctx.db.normalizeId("users", key);
      const member = id === null ? null : await membershipIn(ctx, scope.tenantId, id);
      if (member === null) fail({ kind: "not_found", entity: "user", id: key });
      break;
    }
    case "provider":
      if (!isProvider(key)) refuse(`give one of ${PROVIDERS.join(", ")}`);
      break;
    case "model":
      checkModel(key);
  }
  return { dimension, key: keyOf(dimension, key) };
}

function checkModel(key: string): void {
  const [provider = "", ...rest] = key.split("/");
  const model = rest.join("/");
  const isName = model !== "" && model === model.trim() && model.length <= MODEL_LENGTH_MAX;
  if (!isProvider(provider) || !isName) {
    refuse('give the provider and the model, as "anthropic/claude-opus-4-6"');
  }
}

function isProvider(name: string): boolean {
  return PROVIDERS.some((one) => one === name);
}

function refuse(reason: string): never {
  return fail({ kind: "invalid_argument", field: "key", reason });
}
