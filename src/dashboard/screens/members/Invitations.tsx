import { useMemo, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { InvitationView } from "../../../../convex/views/people";
import { useTenantMutation, useTenantPages } from "../../data/tenant";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { DataTable, type Column } from "../../ui/DataTable";
import { useAct } from "../../ui/useAct";
import { Moment } from "../../ui/values";

/** Who was asked to join. */
export function Invitations() {
  const revoke = useTenantMutation(api.mutations.invitations.revoke);
  const act = useAct();
  const [asked, setAsked] = useState<InvitationView | null>(null);
  const { results, status, loadMore } = useTenantPages(api.queries.invitations.list, {});
  const columns = useMemo<readonly Column<InvitationView>[]>(
    () => [
      { name: "E-mail", cell: ({ email }) => email, value: ({ email }) => email },
      { name: "Role", cell: ({ role }) => role, value: ({ role }) => role },
      { name: "Status", cell: (one) => <Badge>{one.status}</Badge>, value: (one) => one.status },
      {
        name: "Expires",
        cell: ({ expiresAt }) => <Moment atMs={expiresAt} />,
        value: ({ expiresAt }) => new Date(expiresAt).toISOString(),
      },
      {
        name: "Change",
        cell: (one) =>
          one.status === "pending" && (
            <Button size="sm" tone="danger" onClick={() => setAsked(one)}>
              Revoke
            </Button>
          ),
      },
    ],
    [],
  );
  if (results.length === 0) return null;
  return (
    <section className="mt-6">
      <h2 className="mb-2 font-semibold">Invitations</h2>
      <DataTable
        name="Invitations"
        columns={columns}
        rows={results}
        keyOf={({ _id }) => _id}
        pages={{ status, loadMore }}
      />
      {asked !== null && (
        <Confirm
          title={`Revoke the invitation of ${asked.email}?`}
          hint="The link that they were sent is good no longer. They can be invited again."
          verb="Revoke"
          act={() => act(() => revoke({ id: asked._id }))}
          close={() => setAsked(null)}
        />
      )}
    </section>
  );
}
