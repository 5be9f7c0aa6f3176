/**
 * The credential of a row that has one: sealed in the action that writes it, stored by the mutation that the
 * action calls, shown as a mask. Each table of `SEALED_TABLES` has `credential` and `credentialMask` for it.
 */
import { v, type Infer } from "convex/values";
import type { Id } from "../_generated/dataModel";
import { checkedText } from "../lib/checks";
import { vSealed } from "../validators";
import { sealingKeys } from "./deploymentSecrets";
import { maskOf, seal, type Coordinates } from "./secrets";

/** Tables with a sealed `credential`; a test holds this against the schema. */
export const SEALED_TABLES = ["providers", "channels", "agent_skills", "webhook_secrets"] as const;
export const vSealedTable = v.union(...SEALED_TABLES.map((table) => v.literal(table)));
export type SealedTable = (typeof SEALED_TABLES)[number];

const LENGTH_MAX = 1_000;

/** A credential as it is stored. */
export const vCredential = v.object({ sealed: vSealed, mask: v.string() });
export type Credential = Infer<typeof vCredential>;

/** Where a credential stands. */
export type Place = { tenantId: Id<"tenants">; table: SealedTable; id: string };

/** What a row's credential is bound to. */
export function coordinatesOf({ tenantId, table, id }: Place): Coordinates {
  return { tenantId, table, id, field: "credential" };
}

/** The credential, checked, and with keys to seal it: what is left to know is the row that it is for. */
export function sealedCredential(
  text: string | null | undefined,
): (at: Place) => Promise<Credential | null> {
  if (text === null || text === undefined) return () => Promise.resolve(null);
  const credential = checkedText("credential", text, LENGTH_MAX);
  const keys = sealingKeys();
  return async (at) => ({
    sealed: await seal(keys, coordinatesOf(at), credential),
    mask: maskOf(credential),
  });
}

/**
 * What an update makes of a row's credential: another one, or null for none. Undefined leaves it: nothing was
 * given, or the mask that reads show.
 */
export async function changedCredential(
  text: string | null | undefined,
  { mask, ...at }: Place & { mask: string | null },
): Promise<Credential | null | undefined> {
  if (text === undefined || text === mask) return undefined;
  return await sealedCredential(text)(at);
}

/** The fields of the row that the change is for. */
export function credentialFields(credential: Credential | null | undefined) {
  if (credential === undefined) return {};
  return { credential: credential?.sealed, credentialMask: credential?.mask };
}
