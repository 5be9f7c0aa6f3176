import { useQuery } from "convex/react";
import { useMemo, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { IdentityView } from "../../../../convex/views/auth";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { DataTable, type Column } from "../../ui/DataTable";
import { Loading } from "../../ui/states";
import { Moment } from "../../ui/values";
import { LinkAccount } from "./LinkAccount";
import { Unlink } from "./Unlink";

/** By what one proves to be oneself. */
export function WaysIn() {
  const ways = useQuery(api.queries.identities.list, {});
  const [isLinking, setLinking] = useState(false);
  const [leaving, setLeaving] = useState<IdentityView | null>(null);
  const columns = useMemo(() => columnsOf(setLeaving), []);
  return (
    <section className="mt-6">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold">Ways to sign in</h2>
        {ways?.canLink === true && (
          <Button onClick={() => setLinking(true)}>Link another account</Button>
        )}
      </div>
      {ways === undefined ? (
        <Loading lines={3} />
      ) : (
        <>
          <p className="text-subtle mb-2">
            {ways.hasPassword ? "Your password is one. " : "You have no password here. "}
            {ways.identities.length === 0 && "No account at another provider is linked."}
          </p>
          {ways.identities.length > 0 && (
            <DataTable
              name="Linked accounts"
              columns={columns}
              rows={ways.identities}
              keyOf={({ _id }) => _id}
            />
          )}
        </>
      )}
      {isLinking && ways !== undefined && (
        <LinkAccount ways={ways} close={() => setLinking(false)} />
      )}
      {leaving !== null && <Unlink identity={leaving} close={() => setLeaving(null)} />}
    </section>
  );
}

function columnsOf(unlink: (identity: IdentityView) => void): readonly Column<IdentityView>[] {
  return [
    {
      name: "Provider",
      cell: ({ issuer, isCurrent }) => (
        <>
          <span className="break-all">{issuer}</span>{" "}
          {isCurrent && <Badge tone="good">this one</Badge>}
        </>
      ),
      value: ({ issuer }) => issuer,
    },
    {
      name: "Account there",
      cell: ({ subject }) => <span className="font-mono text-xs break-all">{subject}</span>,
      value: ({ subject }) => subject,
    },
    {
      name: "Linked",
      cell: ({ createdAt }) => <Moment atMs={createdAt} />,
      value: ({ createdAt }) => new Date(createdAt).toISOString(),
    },
    {
      name: "Change",
      cell: (identity) => (
        <Button size="sm" tone="danger" onClick={() => unlink(identity)}>
          Unlink
        </Button>
      ),
    },
  ];
}
