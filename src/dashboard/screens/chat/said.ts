import type { OptimisticLocalStore } from "convex/browser";
import { insertAtTop } from "convex/react";
import type { FunctionArgs } from "convex/server";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { Message } from "../../../client/react";

/** What no id of the deployment begins with. */
const UNSENT = "unsent-";

/** Whether the deployment has it; before, there is nothing to do with it. */
export function isSent({ _id }: Message): boolean {
  return !_id.startsWith(UNSENT);
}

/** Shows what the person says at once; the stored message takes its place. */
export function said(
  localStore: OptimisticLocalStore,
  { tenantId, sessionId, content }: FunctionArgs<typeof api.mutations.messages.send>,
): void {
  if (tenantId === undefined || sessionId === undefined) return;
  const session = localStore.getQuery(api.queries.sessions.get, { tenantId, sessionId });
  if (session === undefined) return;
  insertAtTop({
    paginatedQuery: api.queries.messages.list,
    argsToMatch: { tenantId, sessionId },
    localQueryStore: localStore,
    item: {
      _id: `${UNSENT}${crypto.randomUUID()}` as Id<"messages">,
      tenantId,
      sessionId,
      agentId: session.agentId,
      role: "user",
      content,
      status: "complete",
      createdAt: Date.now(),
    },
  });
}
