/**
 * Skills that agents have.
 *
 * An agent's `skills` say what it is to have, and come and go with its versions; the rows of `agent_skills` say
 * what is installed, with which grants and which configuration. Runs may use what is in both. Installing and
 * uninstalling change both, as `agents.update` would; a restored version changes the first one only.
 */
import { placeholdersIn } from "../../../src/core/httpSkill";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import type { ApprovalSetting } from "../../../src/core/tools";
import { isUnchanged } from "../../lib/changes";
import { fail } from "../../lib/errors";
import type { Patch } from "../../lib/objects";
import type { OpenRecord } from "../../validators";
import type { CallerScope } from "../access";
import * as Activity from "../activity";
import * as Agents from "../agents/agents";
import { checkedApproval } from "../agents/tools";
import { credentialFields, type Credential } from "../credentials";
import { checkedConfig } from "./configuration";
import * as Counts from "./counts";
import { find, getOrFail, pinnedOrFail, type Which } from "./installed";
import * as Skills from "./lookup";
import { settle, type Terms } from "./terms";

const record = Activity.recorderOf("agent_skills", { noun: "skills", secret: ["credential"] });

/**
 * Gives an agent a skill and what it asks for.
 *
 * @throws not_found - The agent, the skill or the version does not exist or is not for the tenant.
 * @throws conflict - The agent has it, or it was withdrawn, or its publisher suspended.
 * @throws invalid_argument - The grants do not cover what it asks for, or the configuration is not as it has to
 *   be; or the agent has as many skills as it may.
 */
export async function install(
  ctx: MutationCtx,
  scope: CallerScope,
  { agentId, skillId, terms, nowMs }: Which & { terms: Terms; nowMs: number },
): Promise<Id<"agent_skills">> {
  const { tenantId } = scope;
  const agent = await Agents.getOrFail(ctx, scope, agentId);
  const skill = await Skills.getOrFail(ctx, scope, skillId);
  const isOwnDraft = skill.status === "draft"; // others' are not found
  if (!isOwnDraft && !(await Skills.isOffered(ctx, skill))) refuse("it is offered no more");
  if ((await find(ctx, scope, { agentId, skillId })) !== null) refuse("the agent has it already");
  const settled = await settle(ctx, skill, { ...terms, granted: [] });
  const row = { agentId, skillId, ...settled, status: "installed" as const };
  const id = await ctx.db.insert("agent_skills", {
    ...row,
    tenantId,
    listingId: skill._id,
    useCount: 0,
    installedAt: nowMs,
    updatedAt: nowMs,
  });
  await record(ctx, scope, { action: "install", id, before: null, after: row, nowMs });
  await Counts.add(ctx, skill._id, { installCount: 1 });
  const skills = [...new Set([...agent.skills, skillId])];
  await Agents.update(ctx, scope, { agentId, changes: { skills }, nowMs });
  return id;
}

/**
 * Moves an installation to another version. Grants stay as far as it asks for them, and what it asks for
 * beyond has to be granted now; the configuration stays unless another one is given.
 *
 * @returns The version that it is at.
 * @throws not_found, invalid_argument - As `install`, and for what the agent does not have.
 */
export async function upgrade(
  ctx: MutationCtx,
  scope: CallerScope,
  { agentId, skillId, terms, nowMs }: Which & { terms: Terms; nowMs: number },
): Promise<string> {
  const row = await getOrFail(ctx, scope, { agentId, skillId });
  const { skill, version } = await pinnedOrFail(ctx, row);
  const granted = row.grantedPermissions;
  const { config = row.config } = terms;
  const patch = await settle(ctx, skill, { ...terms, config, granted });
  const next = await ctx.db.get("skill_versions", patch.versionId);
  const isMoved = next === null || recipientOf(next) !== recipientOf(version);
  const doesOther = isMoved || next.http?.method !== version.http?.method;
  const wasLetThrough = row.approval?.required === false;
  await change(ctx, scope, {
    action: "upgrade",
    row,
    patch: {
      ...patch,
      ...(isMoved && credentialFields(null)),
      // What was said of a request that is another one by now.
      ...(doesOther && wasLetThrough && { approval: undefined }),
    },
    nowMs,
  });
  return patch.version;
}

/**
 * To whom a credential goes: whoever publishes another version must not be sent the one that was meant for the last.
 * Protocol, host and port stand before the third slash as they are.
 */
function recipientOf({ http }: Doc<"skill_versions">): string | undefined {
  return http?.url.split("/", 3).join("/");
}

/**
 * Gives an installation the credential that its skill's request goes with, or takes it away.
 *
 * @throws not_found - The agent does not exist or does not have it, or the skill is gone.
 * @throws invalid_argument - The skill's request has no place for one.
 */
export async function setCredential(
  ctx: MutationCtx,
  scope: CallerScope,
  { credential, nowMs, ...which }: Which & { credential: Credential | null; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, which);
  const { version } = await pinnedOrFail(ctx, row);
  const isTaken = Object.values(version.http?.headers ?? {}).some((value) =>
    placeholdersIn(value).includes("credential"),
  );
  if (credential !== null && !isTaken) {
    const reason = "has no place: the skill's headers have no {credential}";
    fail({ kind: "invalid_argument", field: "credential", reason });
  }
  const patch = credentialFields(credential);
  await change(ctx, scope, { action: "setCredential", row, patch, nowMs });
}

/**
 * Says whether calls of an installation wait for somebody, and for whom; with null as for any other: those that have
 * effects do.
 *
 * @throws not_found - The agent does not exist or does not have it, or the skill is gone.
 * @throws invalid_argument - They would wait for too short or too long a time.
 */
export async function setApproval(
  ctx: MutationCtx,
  scope: CallerScope,
  { approval, nowMs, ...which }: Which & { approval: ApprovalSetting | null; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, which);
  await pinnedOrFail(ctx, row);
  const setting = approval === null ? undefined : checkedApproval("approval", approval);
  await change(ctx, scope, { action: "setApproval", row, patch: { approval: setting }, nowMs });
}

/**
 * Gives an installation another configuration.
 *
 * @throws not_found - The agent does not exist or does not have it, or the skill is gone.
 * @throws invalid_argument - A setting is missing, unknown or not as it has to be.
 */
export async function configure(
  ctx: MutationCtx,
  scope: CallerScope,
  { config, nowMs, ...which }: Which & { config: OpenRecord; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, which);
  const { version } = await pinnedOrFail(ctx, row);
  const patch = { config: checkedConfig(config, version.configSchema) };
  await change(ctx, scope, { action: "configure", row, patch, nowMs });
}

/**
 * Lets runs use an installation again, or no more. Enabling forgets its last error.
 *
 * @throws not_found - The agent does not exist or does not have it, or the skill is gone.
 */
export async function setEnabled(
  ctx: MutationCtx,
  scope: CallerScope,
  { enabled, nowMs, ...which }: Which & { enabled: boolean; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, which);
  const status = enabled ? ("installed" as const) : ("disabled" as const);
  if (row.status === status) return;
  if (enabled) await pinnedOrFail(ctx, row);
  const patch = enabled ? { status, lastError: undefined } : { status };
  const action = enabled ? "enable" : "disable";
  await change(ctx, scope, { action, row, patch, nowMs });
}

/**
 * Takes a skill from an agent, with its configuration.
 *
 * @throws not_found - The agent does not exist or does not have it.
 */
export async function uninstall(
  ctx: MutationCtx,
  scope: CallerScope,
  { nowMs, ...which }: Which & { nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, which);
  const { _id: id, agentId, skillId, version } = row;
  await ctx.db.delete("agent_skills", id);
  const before = { agentId, skillId, version };
  await record(ctx, scope, { action: "uninstall", id, before, after: null, nowMs });
  await Counts.add(ctx, row.listingId, { installCount: -1 });
  const agent = await Agents.getOrFail(ctx, scope, agentId);
  const skills = agent.skills.filter((one) => one !== skillId);
  await Agents.update(ctx, scope, { agentId, changes: { skills }, nowMs });
}

/** Writes a change with the log's row of it; what is as it was already leaves no trace. */
async function change(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    action,
    row,
    patch,
    nowMs,
  }: {
    action: string;
    row: Doc<"agent_skills">;
    patch: Patch<Doc<"agent_skills">>;
    nowMs: number;
  },
): Promise<void> {
  const { _id: id } = row;
  const fields = Object.keys(patch) as (keyof typeof patch)[];
  const before = Object.fromEntries(fields.map((field) => [field, row[field]]));
  if (isUnchanged(before, patch)) return;
  await ctx.db.patch("agent_skills", id, { ...patch, updatedAt: nowMs });
  await record(ctx, scope, { action, id, before, after: patch, nowMs });
}

function refuse(reason: string): never {
  return fail({ kind: "conflict", entity: "skill", reason });
}
