import { Link } from "@tanstack/react-router";
import { api } from "../../../../convex/_generated/api";
import { Approval } from "../../shared/Approval";
import { useTenant, useTenantQuery } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty, Loading } from "../../ui/states";

const SHOWN = 5;

/** Calls of tools that wait for a person. */
export function Pending() {
  const { slug } = useTenant();
  const first = { cursor: null, numItems: SHOWN };
  const approvals = useTenantQuery(api.queries.approvals.list, {
    state: "pending",
    paginationOpts: first,
  });
  return (
    <Card title="Waiting for approval">
      {approvals === undefined && <Loading />}
      {approvals?.page.length === 0 && <Empty title="Nothing waits for you" />}
      <ul className="space-y-3">
        {approvals?.page.map((approval) => (
          <li key={approval._id}>
            <Approval
              approval={approval}
              actions={
                <Button asChild size="sm" tone="quiet">
                  <Link
                    to="/$tenant/chat/$sessionId"
                    params={{ tenant: slug, sessionId: approval.sessionId }}
                  >
                    The conversation
                  </Link>
                </Button>
              }
            />
          </li>
        ))}
      </ul>
      {approvals?.isDone === false && (
        <Button asChild size="sm" className="mt-3">
          <Link
            to="/$tenant/runs"
            params={{ tenant: slug }}
            search={{ state: "awaiting_approval" }}
          >
            All runs that wait
          </Link>
        </Button>
      )}
    </Card>
  );
}
