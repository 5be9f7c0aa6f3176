import { api } from "../../../../convex/_generated/api";
import { useTenantAction } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { EndpointForm, type EndpointSettings } from "./EndpointForm";

const INITIAL: EndpointSettings = { url: "", description: "", events: ["run.*"] };

type NewEndpointProps = { close: () => void; show: (secret: string) => void };

/** @param show - Shows the new endpoint's secret. */
export function NewEndpoint({ close, show }: NewEndpointProps) {
  const create = useTenantAction(api.actions.webhooks.create);
  const save = async ({ description, ...settings }: EndpointSettings) => {
    const { secret } = await create({ ...settings, ...(description !== "" && { description }) });
    close();
    show(secret);
  };
  return (
    <Dialog title="New endpoint" hint="It is told of what happens from now on." close={close}>
      <EndpointForm initial={INITIAL} verb="Add it" save={save} close={close} />
    </Dialog>
  );
}
