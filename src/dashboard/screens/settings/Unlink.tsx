import { useMutation } from "convex/react";
import { api } from "../../../../convex/_generated/api";
import type { IdentityView } from "../../../../convex/views/auth";
import { Confirm } from "../../ui/Confirm";
import { useAct } from "../../ui/useAct";

/** Takes a way in away. Whether it is the last one, the deployment knows: a provider may not be believed any more. */
export function Unlink({ identity, close }: { identity: IdentityView; close: () => void }) {
  const unlink = useMutation(api.mutations.identities.unlink);
  const act = useAct();
  const { _id: id, issuer, isCurrent } = identity;
  const hint = isCurrent
    ? "You are signed in with it, and are signed out at once. It can be linked again by whoever is signed in as you."
    : "Whoever is signed in with it is signed out at once. It can be linked again.";
  return (
    <Confirm
      title={`Unlink the account at ${issuer}?`}
      hint={hint}
      verb="Unlink"
      act={() => act(() => unlink({ id }))}
      close={close}
    />
  );
}
