import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type { ApprovalView } from "../../../convex/views/approvals";
import { useTenantQuery } from "../data/tenant";

/** A reply asks for no more calls than this, and a run waits for those of one reply. */
const PENDING_MAX = 16;

/** The calls of tools that a run waits for, in the order in which they were asked for; undefined while it is loading. */
export function usePendingOf(runId: Id<"runs"> | undefined): readonly ApprovalView[] | undefined {
  const first = { cursor: null, numItems: PENDING_MAX };
  const pending = useTenantQuery(
    api.queries.approvals.list,
    runId === undefined ? "skip" : { runId, state: "pending", paginationOpts: first },
  );
  return pending?.page.toReversed();
}
