/**
 * A tenant's own accounts at model providers. Their credentials are sealed in actions and stored here; only the
 * action that makes a call opens one.
 */
import { v, type Infer } from "convex/values";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { vProvider, vSealed } from "../../validators";
import type { ProviderView } from "../../views/administration";
import { requireOwned, type CallerScope, type TenantScope } from "../access";
import * as Activity from "../activity";
import { credentialFields, type Credential } from "../credentials";
import * as Cooldowns from "./cooldowns";
import { checkedBaseUrl } from "./addresses";
import { allowsPrivateUrls } from "./deployment";

const record = Activity.recorderOf("providers");

/** Of a tenant: the list is read whole. */
export const PROVIDERS_MAX = 50;
const NAME_LENGTH_MAX = 80;

export type NewProvider = {
  name: string;
  provider: Infer<typeof vProvider>;
  baseUrl?: string | undefined;
};

/** An account as the action that calls it needs it. */
export const vAccount = v.object({
  id: v.id("providers"),
  tenantId: v.id("tenants"),
  provider: vProvider,
  baseUrl: v.union(v.string(), v.null()),
  credential: v.union(vSealed, v.null()),
});
export type Account = Infer<typeof vAccount>;

/** The tenant's providers, by name. */
export async function list(ctx: QueryCtx, scope: TenantScope): Promise<ProviderView[]> {
  const rows = await ctx.db
    .query("providers")
    .withIndex("by_tenant", (q) => q.eq("tenantId", scope.tenantId))
    .take(PROVIDERS_MAX);
  return rows.map(toView);
}

/** The account that calls of the tenant's to this provider use: its oldest enabled one. Null: it has none. */
export async function accountFor(
  ctx: QueryCtx,
  scope: TenantScope,
  provider: Infer<typeof vProvider>,
): Promise<Account | null> {
  const { tenantId } = scope;
  const row = await ctx.db
    .query("providers")
    .withIndex("by_tenant_and_provider", (q) =>
      q.eq("tenantId", tenantId).eq("provider", provider).eq("status", "enabled"),
    )
    .first();
  return row === null ? null : toAccount(row);
}

/**
 * One of the tenant's accounts, enabled or not.
 *
 * @throws not_found - The provider does not exist or is another tenant's.
 */
export async function accountOf(
  ctx: QueryCtx,
  scope: TenantScope,
  id: Id<"providers">,
): Promise<Account> {
  return toAccount(await getOrFail(ctx, scope, id));
}

/**
 * Adds a provider, disabled: its credential can be sealed only now that the row has an id.
 *
 * @throws invalid_argument - The name is blank or too long, the address not allowed or missing.
 * @throws conflict - The tenant has a provider of that name.
 * @throws limit_reached - The tenant has `PROVIDERS_MAX`.
 */
export async function insert(
  ctx: MutationCtx,
  scope: CallerScope,
  { provider, nowMs }: { provider: NewProvider; nowMs: number },
): Promise<Id<"providers">> {
  const { tenantId } = scope;
  const baseUrl = checkedAddress(provider.provider, provider.baseUrl);
  const told = {
    name: await checkedName(ctx, scope, provider.name),
    provider: provider.provider,
    status: "disabled",
    ...omitUndefined({ baseUrl }),
  } as const;
  if ((await list(ctx, scope)).length === PROVIDERS_MAX) {
    fail({ kind: "limit_reached", what: "providers", limit: PROVIDERS_MAX });
  }
  const id = await ctx.db.insert("providers", {
    ...told,
    tenantId,
    createdBy: scope.actor.userId,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
  await record(ctx, scope, { action: "register", id, before: null, after: told, nowMs });
  return id;
}

export type ProviderPatch = {
  name?: string | undefined;
  /** Null: the provider's own address. */
  baseUrl?: string | null | undefined;
  status?: Doc<"providers">["status"] | undefined;
  /** Null takes it away. */
  credential?: Credential | null | undefined;
};

/**
 * Changes what is given. A new address takes the credential away unless one comes with it: whoever may change
 * where a secret is sent would otherwise learn it.
 *
 * @throws not_found - The provider does not exist or is another tenant's.
 * @throws invalid_argument, conflict - As `insert`.
 */
export async function update(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, patch, nowMs }: { id: Id<"providers">; patch: ProviderPatch; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, id);
  const { name, baseUrl, status } = patch;
  const moved = baseUrl !== undefined && (baseUrl ?? undefined) !== row.baseUrl;
  const credential = moved ? (patch.credential ?? null) : patch.credential;
  const changed = {
    ...(name !== undefined && name !== row.name && { name: await checkedName(ctx, scope, name) }),
    ...(moved && { baseUrl: checkedAddress(row.provider, baseUrl ?? undefined) }),
    ...(status !== undefined && { status }),
    ...credentialFields(credential),
  };
  await ctx.db.patch("providers", id, { ...changed, updatedAt: nowMs });
  await Cooldowns.forget(ctx, scope, row);
  const { credential: _sealed, ...after } = changed;
  const fields = Object.keys(after) as (keyof typeof after)[];
  const before = Object.fromEntries(fields.map((field) => [field, row[field]]));
  await record(ctx, scope, { action: "update", id, before, after, nowMs });
}

/**
 * Deletes a provider with its credential.
 *
 * @throws not_found - The provider does not exist or is another tenant's.
 */
export async function remove(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, nowMs }: { id: Id<"providers">; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, id);
  const { name, provider } = row;
  await Cooldowns.forget(ctx, scope, row);
  await ctx.db.delete("providers", id);
  const before = { name, provider };
  await record(ctx, scope, { action: "remove", id, before, after: null, nowMs });
}

/** The provider, if it is this tenant's. */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  id: Id<"providers">,
): Promise<Doc<"providers">> {
  const row = await ctx.db.get("providers", id);
  return requireOwned(scope, row, { entity: "provider", id });
}

async function checkedName(ctx: QueryCtx, scope: TenantScope, text: string): Promise<string> {
  const name = checkedText("name", text, NAME_LENGTH_MAX);
  const other = await ctx.db
    .query("providers")
    .withIndex("by_tenant", (q) => q.eq("tenantId", scope.tenantId).eq("name", name))
    .first();
  if (other !== null) fail({ kind: "conflict", entity: "provider", reason: "the name is taken" });
  return name;
}

function checkedAddress(
  provider: Infer<typeof vProvider>,
  baseUrl: string | undefined,
): string | undefined {
  if (baseUrl !== undefined) {
    return checkedBaseUrl(baseUrl, { allowsPrivate: allowsPrivateUrls() });
  }
  if (provider === "openai_compatible") {
    const reason = "say where the provider is: https://models.example.com/v1";
    fail({ kind: "invalid_argument", field: "baseUrl", reason });
  }
  return undefined;
}

function toAccount(row: Doc<"providers">): Account {
  const { _id: id, tenantId, provider, baseUrl = null, credential = null } = row;
  return { id, tenantId, provider, baseUrl, credential };
}

function toView({
  _creationTime,
  credential: _credential,
  ...row
}: Doc<"providers">): ProviderView {
  return row;
}
