import { MINUTE_MS } from "./limits";
import type { Role } from "./permissions";

/** pure: may run again at will; idempotent: again with the same key; effect: never again by itself. */
export type ToolClass = "pure" | "idempotent" | "effect";

/** The tools that come with the product, by the names that models and agents' settings know them by. */
export const TOOL_NAMES = [
  "clock",
  "calculator",
  "http_get",
  "http_post",
  "notes",
  "search_history",
  "read_result",
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** Tools that go out: where they may go, each agent says. What comes back may be long, and an agent can read on in it. */
export const OUTGOING_TOOLS: ReadonlySet<ToolName> = new Set(["http_get", "http_post"] as const);

/** Small enough that all of a session's are read at once. */
export const NOTES_PER_SESSION_MAX = 50;
export const NOTE_NAME_CHARS_MAX = 80;
export const NOTE_TEXT_CHARS_MAX = 2_000;

/** Of one reply: what a model asks for beyond it is left out, and it may ask again. */
export const TOOL_CALLS_PER_REPLY_MAX = 16;

/** The roles that an agent may ask for its approvals. */
export const APPROVING_ROLES = ["owner", "admin", "operator", "member"] as const satisfies Role[];
export type ApprovingRole = (typeof APPROVING_ROLES)[number];

const DAY_MINUTES = 24 * 60;
export const APPROVAL_LIFETIME_MINUTES = { min: 1, default: DAY_MINUTES, max: 30 * DAY_MINUTES };

/** What an agent says of a tool's approval. */
export type ApprovalSetting = Readonly<{
  required: boolean;
  role?: ApprovingRole;
  expiresAfterMinutes?: number;
}>;

/** Whom a call has to wait for, and how long it does. */
export type ApprovalNeed = Readonly<{ role: ApprovingRole; lifetimeMs: number }>;

/** Who must let a call through; null: nobody. Unless the agent says otherwise, whatever has effects needs somebody. */
export function approvalNeeded(
  toolClass: ToolClass,
  setting: ApprovalSetting | undefined,
): ApprovalNeed | null {
  if (!(setting?.required ?? toolClass === "effect")) return null;
  const minutes = setting?.expiresAfterMinutes ?? APPROVAL_LIFETIME_MINUTES.default;
  return { role: setting?.role ?? "operator", lifetimeMs: minutes * MINUTE_MS };
}

/**
 * The calls that run next, of those that wait: an effect alone, or all before the next effect at once. So what a reply
 * asks for first has happened before what it asks for then, wherever that makes a difference.
 */
export function nextBatch<Call extends { toolClass: ToolClass }>(calls: readonly Call[]): Call[] {
  const firstEffect = calls.findIndex(({ toolClass }) => toolClass === "effect");
  if (firstEffect === -1) return [...calls];
  return calls.slice(0, Math.max(firstEffect, 1));
}
