import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useAct } from "../../ui/useAct";

export function RevokeButton({ id, name }: { id: Id<"api_keys">; name: string }) {
  const revoke = useTenantMutation(api.mutations.keys.revoke);
  const act = useAct();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button size="sm" tone="danger" onClick={() => setAsking(true)}>
        Revoke
      </Button>
      {isAsking && (
        <Confirm
          title={`Revoke "${name}"?`}
          hint="Whoever uses it is refused from now on. It cannot be taken back; a new key can be made."
          verb="Revoke"
          act={() => act(() => revoke({ id }))}
          close={() => setAsking(false)}
        />
      )}
    </>
  );
}
