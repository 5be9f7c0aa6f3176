import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { ProviderView } from "../../../../convex/views/administration";
import { useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useAct } from "../../ui/useAct";
import { CheckButton } from "./CheckButton";
import { EditAccount } from "./EditAccount";

const { providers } = api.mutations;

export function AccountActions({ account }: { account: ProviderView }) {
  const { _id: id, name, status } = account;
  const enable = useTenantMutation(providers.enable);
  const disable = useTenantMutation(providers.disable);
  const remove = useTenantMutation(providers.remove);
  const act = useAct();
  const [asked, setAsked] = useState<"edit" | "remove" | null>(null);
  const close = () => setAsked(null);
  const isOn = status === "enabled";
  return (
    <span className="flex gap-2">
      <CheckButton account={account} />
      <Button size="sm" onClick={() => void act(() => (isOn ? disable({ id }) : enable({ id })))}>
        {isOn ? "Disable" : "Enable"}
      </Button>
      <Button size="sm" onClick={() => setAsked("edit")}>
        Change
      </Button>
      <Button size="sm" tone="danger" onClick={() => setAsked("remove")}>
        Remove
      </Button>
      {asked === "edit" && <EditAccount account={account} close={close} />}
      {asked === "remove" && (
        <Confirm
          title={`Remove "${name}"?`}
          hint="Its key goes with it, for good. Later calls use another account of the provider's, or the deployment's."
          verb="Remove"
          act={() => act(() => remove({ id }))}
          close={close}
        />
      )}
    </span>
  );
}
