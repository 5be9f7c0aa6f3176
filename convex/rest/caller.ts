/** Who calls a route. */
import { API_KEY_PREFIX, keyIdIn } from "../../src/core/apiKey";
import type { Id } from "../_generated/dataModel";
import type { ActionCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import type { Caller } from "../model/headerCaller";

/** A key, as the bearer or by the header that others use for it; anything else a bearer brings is a sign-in. */
export function callerIn({ headers }: Request): { apiKey?: string } {
  const bearer = /^Bearer (.+)$/i.exec(headers.get("Authorization") ?? "")?.[1];
  const apiKey = bearer?.startsWith(API_KEY_PREFIX) ? bearer : headers.get("X-Api-Key");
  return apiKey === null || apiKey === undefined ? {} : { apiKey };
}

/** With the tenant that is meant, for who is in several. */
export function callerOf(request: Request): Caller {
  const named = request.headers.get("X-Tenant-Id");
  const tenant = named ?? new URL(request.url).searchParams.get("tenant") ?? undefined;
  return { ...callerIn(request), ...omitUndefined({ tenant }) };
}

/** As functions take it that are called from outside. */
export function asDoorArgs({ apiKey, tenant }: Caller): {
  apiKey?: string;
  tenantId?: Id<"tenants">;
} {
  return omitUndefined({ apiKey, tenantId: tenant as Id<"tenants"> | undefined });
}

/**
 * Looks whether the request brings what may be somebody's, before its body is read: a key by its form and checksum, or a
 * sign-in. No row is read for it.
 *
 * @throws unauthenticated - It brings neither.
 */
export async function requireCredential({ auth }: ActionCtx, request: Request): Promise<void> {
  const { apiKey } = callerIn(request);
  // Convex throws where a bearer is none that it knows.
  const id =
    apiKey === undefined ? await auth.getUserIdentity().catch(() => null) : keyIdIn(apiKey);
  if (id === null) fail({ kind: "unauthenticated" });
}
