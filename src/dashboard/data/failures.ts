/** What the deployment's failures mean to a person. */
import { ConvexError } from "convex/values";
import type { AppErrorData } from "../../core/errors";
import { displayUsd } from "../../core/money";

/** Null for what is no failure of ours: a bug, or the network. */
export function failureOf(error: unknown): AppErrorData | null {
  return error instanceof ConvexError ? (error as ConvexError<AppErrorData>).data : null;
}

/** A sentence or two: what went wrong, and what helps. */
export function messageOf(error: unknown): string {
  const failure = failureOf(error);
  if (failure !== null) return textOf(failure);
  if (isMalformed(error)) return "There is no such thing here. The address may be wrong.";
  // For whoever is asked for help: the sentence says nothing of it.
  console.error(error);
  return "Something went wrong here that should not. Try again.";
}

/**
 * An id in an address may be of another table, or mistyped; what cannot be one is not asked for (`ids.ts`). A production
 * deployment of Convex Cloud hides the message: there, such an address is told as any other failure.
 */
function isMalformed(error: unknown): boolean {
  return error instanceof Error && error.message.includes("ArgumentValidationError");
}

export function textOf(failure: AppErrorData): string {
  switch (failure.kind) {
    case "unauthenticated":
      return "Your sign-in has ended. Sign in again.";
    case "forbidden":
      return `Your role does not allow this (${failure.permission}). An administrator can change it.`;
    case "not_found":
      return `There is no such ${words(failure.entity)} here. It may have been removed.`;
    case "invalid_argument":
      return `${capital(words(failure.field))} ${failure.reason}.`;
    case "limit_reached":
      return `The limit of ${failure.limit} is reached: ${words(failure.what)}.`;
    case "conflict":
      return `${capital(conflictText(failure))}.`;
    case "idempotency_key_reused":
      return "This was sent before with another content.";
    case "budget_exceeded":
      return budgetText(failure);
    case "price_unknown":
      return `${failure.provider}/${failure.model} has no known price, and a hard budget admits only what it can count.`;
    case "rate_limited":
      return `Too many at once. Wait ${Math.ceil(failure.retryAfterMs / 1_000)} s, then try again.`;
    case "provider_failed":
      return `${capital(failure.provider)} did not answer as it should (${words(failure.failureClass)}).`;
  }
}

/** Most reasons are sentences of their own. */
function conflictText({ entity, reason }: Extract<AppErrorData, { kind: "conflict" }>): string {
  return reason.startsWith("is ") ? `the ${words(entity)} ${reason}` : reason;
}

function budgetText(failure: Extract<AppErrorData, { kind: "budget_exceeded" }>): string {
  const amount = (text: string) =>
    failure.unit === "pico_usd"
      ? displayUsd(BigInt(text))
      : `${BigInt(text).toLocaleString()} tokens`;
  const whole =
    failure.resetsAtMs === null
      ? ""
      : ` It is whole again on ${new Date(failure.resetsAtMs).toLocaleString()}.`;
  return `The budget of the ${words(failure.scope)} does not allow it: of ${amount(failure.limit)}, ${amount(failure.spent)} are spent and ${amount(failure.reserved)} are held for calls under way; this needs up to ${amount(failure.requested)}.${whole}`;
}

/** "agent_version" and "billingEmail" as people write them. */
function words(name: string): string {
  return name
    .replace(/[_.]/g, " ")
    .replace(/([a-z])([A-Z])/g, (_, end: string, next: string) => `${end} ${next.toLowerCase()}`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
