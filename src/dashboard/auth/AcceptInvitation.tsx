import { Navigate } from "@tanstack/react-router";
import { useMutation, useQuery } from "convex/react";
import { useState } from "react";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { messageOf } from "../data/failures";
import { Button } from "../ui/Button";
import { Plate } from "./Plate";
import { useSignIn } from "./useAuth";

/** For whoever is signed in already: joins as who they are, and goes to the company. */
export function AcceptInvitation({ token }: { token: string }) {
  const signIn = useSignIn();
  const accept = useMutation(api.mutations.invitations.accept);
  const me = useQuery(api.queries.users.me, {});
  const tenants = useQuery(api.queries.tenants.mine, {});
  const [joinedId, setJoinedId] = useState<Id<"tenants"> | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const joined = tenants?.find(({ tenantId }) => tenantId === joinedId);
  if (joined !== undefined) {
    return <Navigate to="/$tenant" params={{ tenant: joined.slug }} replace />;
  }
  const join = async () => {
    setBusy(true);
    try {
      setJoinedId((await accept({ token })).tenantId);
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <Plate title="Join a company">
      <div className="space-y-4">
        <p>
          You are signed in{me === undefined ? "" : ` as ${me.email ?? me.name}`}. You keep the
          companies that you are in.
        </p>
        {problem !== null && (
          <p role="alert" className="text-bad">
            {problem}
          </p>
        )}
        <Button tone="primary" className="w-full" disabled={isBusy} onClick={() => void join()}>
          {isBusy ? "Joining…" : "Join"}
        </Button>
        <Button tone="quiet" className="w-full" onClick={() => void signIn.signOut()}>
          I am somebody else
        </Button>
      </div>
    </Plate>
  );
}
