/**
 * Channels: the ways in which people reach a tenant's agents, as far as they are configured. A channel is active
 * only while it has what its type needs. An archived agent keeps its channels; it takes no message by any of them.
 */
import { v, type Infer } from "convex/values";
import { secretOf, sendsElsewhere } from "../../../src/core/channels";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { vChannelType, vOpenRecord, type ChannelStatus, type OpenRecord } from "../../validators";
import type { CallerScope, TenantScope } from "../access";
import * as Activity from "../activity";
import * as Agents from "../agents/agents";
import { credentialFields, type Credential } from "../credentials";
import { getOrFail } from "./read";
import { checkedConfig } from "./settings";

const record = Activity.recorderOf("channels", { secret: ["credential"] });

/** Of a tenant: each may have a connection of its own one day. */
export const CHANNELS_MAX = 100;
const NAME_LENGTH_MAX = 80;

/** What a caller says of a channel. */
export const vNewChannel = v.object({
  agentId: v.id("agents"),
  type: vChannelType,
  name: v.optional(v.string()),
  config: v.optional(vOpenRecord),
});
type NewChannel = Infer<typeof vNewChannel>;

/**
 * Adds a channel to an agent: active, or paused where its type needs a credential, which can be sealed only now
 * that the row has an id. Without a name it is called by its type.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument - The name is blank or too long, a setting is none of the type's or missing.
 * @throws conflict - The agent is archived, or the tenant has a channel of that name.
 * @throws limit_reached - The tenant has `CHANNELS_MAX`.
 */
export async function insert(
  ctx: MutationCtx,
  scope: CallerScope,
  { channel, nowMs }: { channel: NewChannel; nowMs: number },
): Promise<Id<"channels">> {
  const { tenantId } = scope;
  const { agentId, type, name = type, config = {} } = channel;
  await requireAlive(ctx, scope, agentId);
  const row = {
    agentId,
    type,
    name: await checkedName(ctx, scope, name),
    status: secretOf(type) === null ? "active" : "paused",
    config: checkedConfig(type, config),
  } as const;
  await checkRoom(ctx, scope);
  const channelId = await ctx.db.insert("channels", {
    ...row,
    tenantId,
    messageCount: 0,
    createdBy: scope.actor.userId,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
  await record(ctx, scope, { action: "create", id: channelId, after: told(row), nowMs });
  return channelId;
}

export type ChannelPatch = {
  agentId?: Id<"agents"> | undefined;
  name?: string | undefined;
  /** Over the present one; null takes a setting away. */
  config?: OpenRecord | undefined;
  /** Null takes it away. */
  credential?: Credential | null | undefined;
  status?: Exclude<ChannelStatus, "error"> | undefined;
};

/**
 * Changes what is given. Where a setting says to whom the credential is sent, another value takes the credential
 * away unless one comes with it: whoever may change the setting would otherwise learn the secret. A channel that
 * is left without a credential it needs is paused.
 *
 * @throws not_found - The channel or the agent does not exist or is another tenant's.
 * @throws invalid_argument - As `insert`.
 * @throws conflict - As `insert`; or it is to be active, and has no credential.
 */
export async function update(
  ctx: MutationCtx,
  scope: CallerScope,
  { channelId, patch, nowMs }: { channelId: Id<"channels">; patch: ChannelPatch; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, channelId);
  const { agentId, name } = patch;
  if (agentId !== undefined) await requireAlive(ctx, scope, agentId);
  const given = patch.config === undefined ? {} : { ...row.config, ...patch.config };
  const config = patch.config === undefined ? row.config : checkedConfig(row.type, given);
  const isMoved = sendsElsewhere(row.type, row.config, config);
  const changed = {
    ...(agentId !== undefined && { agentId }),
    ...(name !== undefined && name !== row.name && { name: await checkedName(ctx, scope, name) }),
    config,
    ...credentialFields(isMoved ? (patch.credential ?? null) : patch.credential),
  };
  const status = statusOf({ ...row, ...changed }, patch.status);
  await save(ctx, scope, { row, changed: { ...changed, status }, action: "update", nowMs });
}

/** Has nothing come through a channel until it is resumed. Twice is no error. */
export async function pause(
  ctx: MutationCtx,
  scope: CallerScope,
  { channelId, nowMs }: { channelId: Id<"channels">; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, channelId);
  if (row.status === "paused") return;
  await save(ctx, scope, { row, changed: { status: "paused" }, action: "pause", nowMs });
}

/**
 * Makes a channel active again, after a pause or an error. Twice is no error.
 *
 * @throws conflict - It has no credential, or its agent is archived.
 */
export async function resume(
  ctx: MutationCtx,
  scope: CallerScope,
  { channelId, nowMs }: { channelId: Id<"channels">; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, channelId);
  if (row.status === "active") return;
  await requireAlive(ctx, scope, row.agentId);
  const changed = { status: statusOf(row, "active"), error: undefined };
  await save(ctx, scope, { row, changed, action: "resume", nowMs });
}

/** Deletes a channel with its credential. */
export async function remove(
  ctx: MutationCtx,
  scope: CallerScope,
  { channelId, nowMs }: { channelId: Id<"channels">; nowMs: number },
): Promise<void> {
  const before = await getOrFail(ctx, scope, channelId);
  await ctx.db.delete("channels", channelId);
  await record(ctx, scope, { action: "remove", id: channelId, before: told(before), nowMs });
}

/** What it is to be, as far as it has what that takes. */
function statusOf(
  { type, status, credential }: Pick<Settings, "type" | "status" | "credential">,
  wanted: ChannelStatus = status,
): ChannelStatus {
  const isComplete = secretOf(type) === null || credential !== undefined;
  if (isComplete || wanted !== "active") return wanted;
  if (status === "active") return "paused";
  return fail({ kind: "conflict", entity: "channel", reason: "the channel has no credential" });
}

type Settings = Pick<Doc<"channels">, "agentId" | "name" | "type" | "status" | "config"> & {
  credential?: Doc<"channels">["credential"] | undefined;
};

async function save(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    row,
    changed,
    action,
    nowMs,
  }: {
    row: Doc<"channels">;
    changed: Partial<Omit<Settings, "type">> & {
      credentialMask?: string | undefined;
      error?: undefined;
    };
    action: string;
    nowMs: number;
  },
): Promise<void> {
  const { _id: channelId } = row;
  await ctx.db.patch("channels", channelId, { ...changed, updatedAt: nowMs });
  const [before, after] = [told(row), told({ ...row, ...changed })];
  await record(ctx, scope, { action, id: channelId, before, after, nowMs });
}

/** What the log tells of a channel: each setting by itself. */
function told(settings: Settings): Record<string, unknown> {
  const { agentId, name, type, status, credential, config } = settings;
  const entries = Object.entries(config).map(([field, value]) => [
    `config.${field}`,
    value as unknown,
  ]);
  return { agentId, name, type, status, credential, ...Object.fromEntries(entries) };
}

async function requireAlive(
  ctx: QueryCtx,
  scope: TenantScope,
  agentId: Id<"agents">,
): Promise<void> {
  const { status } = await Agents.getOrFail(ctx, scope, agentId);
  if (status !== "archived") return;
  fail({ kind: "conflict", entity: "agent", reason: "the agent is archived" });
}

async function checkedName(ctx: QueryCtx, scope: TenantScope, text: string): Promise<string> {
  const name = checkedText("name", text, NAME_LENGTH_MAX);
  const other = await ctx.db
    .query("channels")
    .withIndex("by_name", (q) => q.eq("tenantId", scope.tenantId).eq("name", name))
    .first();
  if (other !== null) fail({ kind: "conflict", entity: "channel", reason: "the name is taken" });
  return name;
}

async function checkRoom(ctx: QueryCtx, scope: TenantScope): Promise<void> {
  const channels = await ctx.db
    .query("channels")
    .withIndex("by_tenant", (q) => q.eq("tenantId", scope.tenantId))
    .take(CHANNELS_MAX);
  if (channels.length < CHANNELS_MAX) return;
  fail({ kind: "limit_reached", what: "channels", limit: CHANNELS_MAX });
}
