import { useMutation, useQuery } from "convex/react";
import { useMemo, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { SignInView } from "../../../../convex/views/auth";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { DataTable, type Column } from "../../ui/DataTable";
import { Loading } from "../../ui/states";
import { useAct } from "../../ui/useAct";
import { Moment } from "../../ui/values";

/** Where one is signed in, and a way out of there. */
export function SignIns() {
  const signIns = useQuery(api.queries.signIns.list, {});
  const end = useMutation(api.mutations.signIns.end);
  const act = useAct();
  const [isAsking, setAsking] = useState(false);
  const columns = useMemo(() => columnsOf((id) => void act(() => end({ id }))), [act, end]);
  const others = signIns?.filter(({ isCurrent }) => !isCurrent) ?? [];
  const endOthers = async () => {
    for (const { _id: id } of others) await end({ id });
  };
  return (
    <section className="mt-6">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold">Where you are signed in</h2>
        {others.length > 0 && (
          <Button onClick={() => setAsking(true)}>Sign out everywhere else</Button>
        )}
      </div>
      {signIns === undefined ? (
        <Loading lines={3} />
      ) : (
        <DataTable name="Sign-ins" columns={columns} rows={signIns} keyOf={({ _id }) => _id} />
      )}
      {isAsking && (
        <Confirm
          title="Sign out everywhere else?"
          hint="Every other browser and command line that is signed in as you has to sign in again."
          verb="Sign out"
          act={() => act(endOthers)}
          close={() => setAsking(false)}
        />
      )}
    </section>
  );
}

function columnsOf(end: (id: Id<"auth_sessions">) => void): readonly Column<SignInView>[] {
  return [
    {
      name: "By",
      cell: ({ userAgent, isCurrent }) => (
        <>
          <span className="line-clamp-1" title={userAgent}>
            {userAgent ?? "unknown"}
          </span>
          {isCurrent && <Badge tone="good">this one</Badge>}
        </>
      ),
      value: ({ userAgent }) => userAgent ?? "",
    },
    { name: "From", cell: ({ ip }) => ip ?? "", value: ({ ip }) => ip ?? "" },
    {
      name: "Last used",
      cell: ({ lastUsedAt }) => <Moment atMs={lastUsedAt} />,
      value: ({ lastUsedAt }) => new Date(lastUsedAt).toISOString(),
    },
    {
      name: "Since",
      cell: ({ createdAt }) => <Moment atMs={createdAt} />,
      value: ({ createdAt }) => new Date(createdAt).toISOString(),
    },
    {
      name: "Change",
      cell: ({ _id, isCurrent }) =>
        !isCurrent && (
          <Button size="sm" tone="danger" onClick={() => end(_id)}>
            Sign out
          </Button>
        ),
    },
  ];
}
