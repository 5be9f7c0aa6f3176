/** From an API key to its row: what every call with a key begins with. */
import { keyIdIn } from "../../../src/core/apiKey";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { hmacSha256 } from "../../lib/crypto";
import { pepper } from "../deploymentSecrets";

/** How old `lastUsedAt` gets before a use is noted again: who uses a key must not fight over its row. */
const USE_NOTED_EVERY_MS = 60_000;

/** The key's row, if it is a key of ours that may be used now. What is no key costs no read. */
export async function find(ctx: QueryCtx, key: string): Promise<Doc<"api_keys"> | null> {
  if (keyIdIn(key) === null) return null;
  const keyHash = await hashOf(key);
  const row = await ctx.db
    .query("api_keys")
    .withIndex("by_key_hash", (q) => q.eq("keyHash", keyHash))
    .unique();
  // The sweeper marks what has expired, so that subscriptions end; this one is exact for new calls.
  return row !== null && row.status === "active" && row.expiresAt > Date.now() ? row : null;
}

/** What is stored of a key. The secret in it has 256 bits, so one HMAC is enough, and can be looked up. */
export async function hashOf(key: string): Promise<string> {
  return await hmacSha256(pepper(), key);
}

/** Notes that the key was used, at most once a minute. Queries cannot, and need not. */
export async function noteUse(ctx: QueryCtx, key: Doc<"api_keys">): Promise<void> {
  if (!isMutation(ctx)) return;
  const nowMs = Date.now();
  if (nowMs - (key.lastUsedAt ?? 0) < USE_NOTED_EVERY_MS) return;
  await ctx.db.patch("api_keys", key._id, { lastUsedAt: nowMs });
}

function isMutation(ctx: QueryCtx): ctx is MutationCtx {
  return "scheduler" in ctx;
}
