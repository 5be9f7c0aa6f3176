import { useState } from "react";
import { toast } from "sonner";
import { api } from "../../../../convex/_generated/api";
import type { ProviderView } from "../../../../convex/views/administration";
import { useTenantAction } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { tell } from "../../ui/tell";
import { useAct } from "../../ui/useAct";
import { said } from "./verified";

/** Asks the provider whether it takes the key, before a run has to find out. */
export function CheckButton({ account: { _id: id, name } }: { account: ProviderView }) {
  const verify = useTenantAction(api.actions.providers.verify);
  const act = useAct();
  const [isBusy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    await act(async () => {
      const { isGood, text } = said(name, await verify({ id }));
      if (isGood) toast.success(text);
      else tell(text);
    });
    setBusy(false);
  };
  return (
    <Button size="sm" disabled={isBusy} onClick={() => void check()}>
      {isBusy ? "Checking…" : "Check"}
    </Button>
  );
}
