/** Who is in the company, as what, and who is invited. */
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import { useMay, useTenantPages } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { DataTable } from "../../ui/DataTable";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Secret } from "../../ui/Secret";
import { Loading } from "../../ui/states";
import { Invitations } from "./Invitations";
import { Invite } from "./Invite";
import { columnsOf } from "./memberColumns";

export function Members() {
  const mayWrite = useMay("members:write");
  const [isInviting, setInviting] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  const { results, status, loadMore } = useTenantPages(api.queries.memberships.list, {});
  const columns = useMemo(() => columnsOf(mayWrite), [mayWrite]);
  const actions = mayWrite && (
    <Button tone="primary" onClick={() => setInviting(true)}>
      <Plus aria-hidden /> Invite
    </Button>
  );
  return (
    <>
      <ScreenHeader title="Members" actions={actions} />
      {status === "LoadingFirstPage" ? (
        <Loading lines={5} />
      ) : (
        <DataTable
          name="Members"
          columns={columns}
          rows={results}
          keyOf={({ _id }) => _id}
          pages={{ status, loadMore }}
        />
      )}
      {mayWrite && <Invitations />}
      {isInviting && <Invite close={() => setInviting(false)} show={setToken} />}
      {token !== null && (
        <Secret
          title="The link to join"
          hint="Send it to whom you invited. It is shown this once, and works once."
          secret={`${window.location.origin}/open/invitation#${token}`}
          close={() => setToken(null)}
        />
      )}
    </>
  );
}
