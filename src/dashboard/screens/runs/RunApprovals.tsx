import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { ApprovalView } from "../../../../convex/views/approvals";
import { Approval } from "../../shared/Approval";
import { useMemberName } from "../../data/members";
import { useTenantPages } from "../../data/tenant";
import { Badge, type Tone } from "../../ui/Badge";
import { More } from "../../ui/More";
import { Moment } from "../../ui/values";

/** What people were asked in a run, and what they said; nothing where nobody was asked. */
export function RunApprovals({ runId }: { runId: Id<"runs"> }) {
  const { results, status, loadMore } = useTenantPages(api.queries.approvals.list, { runId });
  if (results.length === 0) return null;
  return (
    <section className="mb-4 space-y-2" aria-labelledby="approvals">
      <h2 id="approvals" className="font-semibold">
        Approvals
      </h2>
      <ul className="space-y-2">
        {results.map((approval) => (
          <li key={approval._id}>
            {approval.state === "pending" ? (
              <Approval approval={approval} />
            ) : (
              <Decided approval={approval} />
            )}
          </li>
        ))}
      </ul>
      <More status={status} loadMore={loadMore} />
    </section>
  );
}

const TONES: Readonly<Record<ApprovalView["state"], Tone>> = {
  pending: "warn",
  approved: "good",
  denied: "bad",
  expired: "neutral",
  cancelled: "neutral",
};

function Decided({ approval }: { approval: ApprovalView }) {
  const { toolName, state, decidedBy, decidedAt, comment } = approval;
  const memberName = useMemberName();
  return (
    <p className="border-line flex flex-wrap items-center gap-x-2 rounded-md border px-3 py-2">
      <Badge tone={TONES[state]}>{state}</Badge>
      <code className="font-mono">{toolName}</code>
      {decidedBy !== undefined && <span>by {memberName(decidedBy)}</span>}
      {decidedAt !== undefined && (
        <span className="text-subtle">
          <Moment atMs={decidedAt} />
        </span>
      )}
      {comment !== undefined && <span className="w-full break-words">{comment}</span>}
    </p>
  );
}
