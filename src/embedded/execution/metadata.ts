/** What functions may learn about their caller and their surroundings, as JSON texts. */
import type { Identity } from "../engine/types";
import type { Call } from "./types";

/** `class` must be one of Convex's sizes; the smallest says the least. */
export const DEPLOYMENT = JSON.stringify({ name: "embedded", region: null, class: "s16" });

export function identityJson(identity: Identity): string {
  switch (identity.kind) {
    case "none":
      return "null";
    case "admin":
      return JSON.stringify(identity.actingAs);
    case "user":
      return JSON.stringify({
        ...identity.attributes,
        tokenIdentifier: identity.tokenIdentifier,
      });
  }
}

/** A token is known to those who know its user: to the app's functions, not to components. */
export function requestMetadata(call: Call): string {
  const { request, requestId, scheduledFunction, identity } = call;
  const authToken = identity.kind === "user" ? (identity.token ?? null) : null;
  const scheduledFunctionId = scheduledFunction?.id ?? null;
  return JSON.stringify({ ...request, requestId, scheduledFunctionId, authToken });
}
